package dev.repofleet.artifacts;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every kind of artifact store does. */
abstract class ArtifactStoreContract {
  private static final byte[] HELLO = "hello".getBytes(UTF_8);
  private static final String HELLO_SHA256 =
      "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

  @TempDir Path folder = Path.of("");
  private @Nullable ArtifactStore opened;

  /** Opens the store of this name, which is empty when nobody opened it before. */
  abstract ArtifactStore open(String name);

  /** Puts other content in the place of an artifact of the store named {@code store}. */
  abstract void damage(ArtifactRef ref, String content) throws IOException;

  @BeforeEach
  void openIt() {
    opened = open("store");
  }

  final ArtifactStore store() {
    return Objects.requireNonNull(opened);
  }

  @Test
  void anObjectLiesUnderItsHash() {
    ArtifactRef ref = store().put(HELLO);
    assertThat(ref)
        .isEqualTo(new ArtifactRef("artifact:objects/2c/" + HELLO_SHA256, HELLO_SHA256, 5));
    assertThat(store().put(HELLO)).isEqualTo(ref);
    assertThat(store().read(ref.uri(), 5)).isEqualTo(HELLO);
    assertThat(store().read(ref, 100)).isEqualTo(HELLO);
    assertThat(store().list("objects")).containsExactly(ref.uri());
  }

  @Test
  void largeStreamsAndFilesAreStoredWithTheirSize() throws IOException {
    byte[] content = new byte[3_000_001];
    new Random(7).nextBytes(content);
    Path file = Files.write(folder.resolve("large"), content);
    ArtifactRef ref = store().put(file);
    assertThat(ref.size()).isEqualTo(content.length);
    assertThat(ref.sha256()).isEqualTo(Sha256.of(content));
    assertThat(store().read(ref, content.length)).isEqualTo(content);
    try (InputStream in = store().open(ref.uri(), 3_000_000)) {
      assertThat(in.readAllBytes()).containsExactly(content[3_000_000]);
    }
    try (InputStream in = store().open(ref.uri(), 9_000_000)) {
      assertThat(in.readAllBytes()).isEmpty();
    }
    assertThatThrownBy(() -> store().read(ref, 3_000_000))
        .isInstanceOf(ArtifactException.class)
        .hasMessageContaining("longer than 3000000 bytes");
  }

  @Test
  void anEmptyObjectThatIsMeantToBeEmptyIsFine() {
    assertThat(store().read(store().put(new byte[0]), 10)).isEmpty();
  }

  @Test
  void namesAreReplacedAndListed() {
    store().putNamed("batches/b/batch.json", HELLO);
    ArtifactRef second = store().putNamed("batches/b/batch.json", "two".getBytes(UTF_8));
    store().putNamed("batches/b/plan.json", HELLO);
    assertThat(store().read(second, 10)).asString(UTF_8).isEqualTo("two");
    assertThat(store().list("batches/b"))
        .containsExactly("artifact:batches/b/batch.json", "artifact:batches/b/plan.json");
    assertThat(store().list("batches/none")).isEmpty();
    assertThat(store().exists("artifact:batches/b/batch.json")).isTrue();
    assertThat(store().exists("artifact:batches/b")).isFalse();
    assertThat(store().readIfPresent("artifact:batches/x/batch.json", 10)).isEmpty();
    assertThatThrownBy(() -> store().open("artifact:batches/x/batch.json"))
        .isInstanceOf(ArtifactNotFoundException.class)
        .hasMessageContaining("artifact:batches/x/batch.json");
  }

  @Test
  void whatIsWrittenOnceKeepsItsContent() {
    ArtifactRef ref = store().createNamed("batches/b/plan.json", HELLO);
    assertThat(store().createNamed("batches/b/plan.json", HELLO)).isEqualTo(ref);
    assertThatThrownBy(() -> store().createNamed("batches/b/plan.json", new byte[] {1}))
        .isInstanceOf(ArtifactConflictException.class)
        .hasMessageContaining("artifact:batches/b/plan.json");
    assertThat(store().read(ref, 5)).isEqualTo(HELLO);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/etc/passwd",
        "../x",
        "a/../b",
        "a//b",
        "a/",
        ".hidden",
        "a/.b",
        "a b",
        "a\nb",
        "a\\b",
        "-x",
        "tmp/x",
        "objects/aa/b",
        "store().json",
      })
  void namesThatCouldLeadElsewhereAreRefused(String path) {
    assertThatThrownBy(() -> store().putNamed(path, HELLO))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "objects/x", "file:/etc/passwd", "artifact:/etc", "artifact:../x"})
  void onlyArtifactUrisAreRead(String uri) {
    assertThatThrownBy(() -> store().open(uri)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> store().exists(uri)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aDamagedObjectIsNamedAndPuttingItAgainMendsACutOne() throws IOException {
    ArtifactRef ref = store().put(HELLO);
    for (String damage : List.of("", "hell", "hellO")) {
      damage(ref, damage);
      assertThatThrownBy(() -> store().read(ref.uri(), 100))
          .isInstanceOf(ArtifactCorruptException.class)
          .hasMessageContaining(ref.uri());
      assertThatThrownBy(() -> store().read(ref, 100))
          .isInstanceOf(ArtifactCorruptException.class)
          .hasMessageContaining(ref.uri());
    }
    damage(ref, "");
    assertThat(store().read(store().put(HELLO), 5)).isEqualTo(HELLO);
  }

  @Test
  void aNamedArtifactIsCheckedAgainstItsReference() throws IOException {
    ArtifactRef ref = store().putNamed("reviews/b/k/changes.patch", HELLO);
    damage(ref, "hellO");
    assertThatThrownBy(() -> store().read(ref, 10)).isInstanceOf(ArtifactCorruptException.class);
  }

  @Test
  void anObjectGetsANameAndTheNameOutlivesItsReplacement() {
    ArtifactRef object = store().put(HELLO);
    ArtifactRef named = store().name(object, "reviews/b/k/changes.patch");
    assertThat(store().name(object, "reviews/b/k/changes.patch")).isEqualTo(named);
    assertThat(store().read(named, 5)).isEqualTo(HELLO);
    store().putNamed("reviews/b/k/changes.patch", new byte[] {1});
    assertThat(store().read(object, 5)).isEqualTo(HELLO);
    assertThatThrownBy(
            () -> store().name(new ArtifactRef(object.uri(), object.sha256(), 4), "reviews/x"))
        .isInstanceOf(ArtifactCorruptException.class);
  }

  @Test
  void aStreamThatFailsLeavesNothingBehind() {
    InputStream failing =
        new SequenceInputStream(
            new ByteArrayInputStream(new byte[100_000]),
            new InputStream() {
              @Override
              public int read() throws IOException {
                throw new IOException("the source broke");
              }

              @Override
              public int read(byte[] buffer, int offset, int length) throws IOException {
                return read();
              }
            });
    assertThatThrownBy(() -> store().put(failing))
        .isInstanceOf(ArtifactException.class)
        .hasMessageContaining("the source broke");
    assertThat(store().list("objects")).isEmpty();
  }

  @Test
  void anObjectGoesUnlessItWasStoredOnceMore() {
    ArtifactRef ref = store().put(HELLO);
    Instant later = Instant.now().plus(Duration.ofMinutes(1));
    assertThat(store().deleteObject(ref.uri(), Instant.now().minus(Duration.ofHours(1)))).isFalse();
    assertThat(store().exists(ref.uri())).isTrue();
    assertThat(store().deleteObject(ref.uri(), later)).isTrue();
    assertThat(store().exists(ref.uri())).isFalse();
    assertThat(store().deleteObject(ref.uri(), later)).isFalse();
    assertThat(store().put(HELLO)).isEqualTo(ref);
    assertThat(store().read(ref, 5)).isEqualTo(HELLO);
    assertThatThrownBy(() -> store().deleteObject("artifact:batches/b/plan.json", later))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void foldersAreShownByNameAndNamesGoOneByOne() {
    store().put(HELLO);
    store().putNamed("batches/b/plan.json", HELLO);
    store().putNamed("batches/c/plan.json", HELLO);
    store().putNamed("reviews/b/k/review.json", HELLO);
    assertThat(store().folders("")).containsExactly("batches", "reviews");
    assertThat(store().folders("batches")).containsExactly("b", "c");
    assertThat(store().folders("none")).isEmpty();
    List<StoredArtifact> seen = new ArrayList<>();
    store().visit("reviews", seen::add);
    assertThat(seen).singleElement().extracting(StoredArtifact::size).isEqualTo(5L);
    assertThat(seen.get(0).storedAt()).isAfter(Instant.now().minus(Duration.ofMinutes(5)));
    assertThat(store().delete("artifact:batches/b/plan.json")).isTrue();
    assertThat(store().delete("artifact:batches/b/plan.json")).isFalse();
    assertThat(store().folders("batches")).containsExactly("c");
  }
}
