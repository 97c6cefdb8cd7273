package dev.repofleet.artifacts.target;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.repofleet.artifacts.ArtifactConflictException;
import dev.repofleet.artifacts.ArtifactCorruptException;
import dev.repofleet.artifacts.ArtifactPaths;
import dev.repofleet.artifacts.ArtifactRef;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.ArtifactUri;
import dev.repofleet.artifacts.FolderArtifactStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ManifestTest {
  @TempDir Path folder;
  private ArtifactStore store;

  @BeforeEach
  void open() {
    store = FolderArtifactStore.open(folder);
  }

  private ManifestRef write(int count) {
    try (ManifestWriter writer = new ManifestWriter(store, "b")) {
      for (int i = 0; i < count; i++) {
        writer.add(SampleRows.row(i));
      }
      return writer.finish();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 63, 64, 65, 1000, 2049})
  void pagesGiveEveryRowInOrder(int count) {
    ManifestRef manifest = write(count);
    assertThat(manifest.count()).isEqualTo(count);
    assertThat(manifest.uri()).isEqualTo("artifact:batches/b/manifest.jsonl");
    ManifestReader reader = ManifestReader.open(store, manifest);
    for (int limit : new int[] {1000, 100, 7}) {
      List<TargetRow> all = new ArrayList<>();
      List<TargetRow> page = reader.readPage(0, limit);
      while (!page.isEmpty()) {
        all.addAll(page);
        page = reader.readPage(all.size(), limit);
      }
      assertThat(all).hasSize(count);
      for (int i = 0; i < count; i++) {
        assertThat(all.get(i).index()).isEqualTo(i);
      }
    }
    assertThat(reader.readPage(count, 10)).isEmpty();
    assertThat(reader.readPage(count + 5_000_000_000L, 10)).isEmpty();
  }

  @Test
  void theSameManifestMayBeWrittenAgainAndAnotherMayNot() {
    ManifestRef first = write(3);
    assertThat(write(3)).isEqualTo(first);
    assertThatThrownBy(() -> write(4)).isInstanceOf(ArtifactConflictException.class);
    assertThat(ManifestReader.open(store, first).readPage(0, 10)).hasSize(3);
  }

  @Test
  void aDamagedManifestIsNamed() throws IOException {
    ManifestRef manifest = write(3);
    Path file = folder.resolve("batches/b/manifest.jsonl");
    String text = Files.readString(file);
    Files.writeString(file, text.substring(0, text.length() - 10));
    assertThatThrownBy(() -> ManifestReader.open(store, manifest))
        .isInstanceOf(ArtifactCorruptException.class)
        .hasMessageContaining(manifest.uri());
  }

  @Test
  void aRowThatIsNotValidIsNamedByItsNumber() {
    ArtifactRef written =
        store.putNamed("batches/c/manifest.jsonl", "{\"index\":0,\"key\":\"k\"}\n".getBytes(UTF_8));
    ManifestReader reader =
        ManifestReader.open(store, new ManifestRef(written.uri(), written.sha256(), 1));
    assertThatThrownBy(() -> reader.readPage(0, 1))
        .isInstanceOf(ArtifactCorruptException.class)
        .hasMessageContaining("manifest.jsonl row 0 is not a valid TargetRow")
        .hasMessageContaining("target is missing");
  }

  @Test
  void whatWasChangedSinceItWasOpenedIsNamedByItsRow() throws IOException {
    ManifestReader reader = ManifestReader.open(store, write(200));
    Path file = folder.resolve("batches/b/manifest.jsonl");
    String whole = Files.readString(file);

    Files.writeString(file, whole.replace("\"index\":150,", "\"index\":151,"));
    assertThatThrownBy(() -> reader.readPage(100, 100))
        .isInstanceOf(ArtifactCorruptException.class)
        .hasMessage(
            "artifact:batches/b/manifest.jsonl row 150 says it is row 151: the manifest was"
                + " changed");
    assertThat(reader.readPage(0, 100)).hasSize(100);

    Files.writeString(file, whole.substring(0, whole.indexOf("\"index\":170,") + 20));
    assertThatThrownBy(() -> reader.readPage(100, 100)).hasMessageContaining("row 170");
    assertThatThrownBy(() -> reader.readPage(171, 1)).hasMessageContaining("row 171 is missing");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 256, 257, 5000})
  void rowsAreReadWhenTheyAreAskedFor(int count) {
    write(count);
    ManifestRows rows = new ManifestRows(List.of(reader("b")));
    assertThat(rows).hasSize(count);
    for (int i = 0; i < count; i++) {
      assertThat(rows.get(i).index()).isEqualTo(i);
      assertThat(rows.get(count - 1 - i).index()).isEqualTo(count - 1 - i);
    }
    assertThat(rows.stream().map(TargetRow::index).toList()).hasSize(count).isSorted();
  }

  private ManifestReader reader(String batch) {
    return ManifestReader.unchecked(store, ArtifactUri.of(ArtifactPaths.manifest(batch)));
  }

  @Test
  void rowsOfSeveralManifestsAreCountedOn() {
    write(300);
    ManifestReader some = reader("b");
    ManifestRows rows = new ManifestRows(List.of(some, some, some));
    assertThat(rows).hasSize(900).extracting(TargetRow::index).startsWith(0, 1).endsWith(899);
    assertThat(rows.get(650).index()).isEqualTo(650);
    assertThat(rows.get(650).key()).isEqualTo(rows.get(50).key());
    assertThatThrownBy(() -> rows.get(900)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void aRowKeepsAPlanOfItsOwn() {
    TargetPlan plan = new TargetPlan("artifact:objects/a", "0".repeat(64), "p");
    try (ManifestWriter writer = new ManifestWriter(store, "b")) {
      writer.add(SampleRows.row(0).withPlan(plan));
      writer.add(SampleRows.row(1));
      ManifestReader reader = ManifestReader.open(store, writer.finish());
      assertThat(reader.readPage(0, 2)).extracting(TargetRow::plan).containsExactly(plan, null);
    }
  }

  private static TargetRow row(
      TargetKind kind, @Nullable String url, @Nullable String cause, @Nullable String problem) {
    return new TargetRow(
        0, "k", "t", kind, url, null, null, null, null, null, null, null, cause, problem, null,
        null);
  }

  @Test
  void anUnusableRowSaysWhyAndNoOtherDoes() {
    assertThat(row(TargetKind.UNUSABLE, null, "git_not_found", "no such branch").cause())
        .isEqualTo("git_not_found");
    assertThatThrownBy(() -> row(TargetKind.UNUSABLE, null, null, "no such branch"))
        .hasMessage("cause of unusable target k is missing");
    assertThatThrownBy(() -> row(TargetKind.UNUSABLE, null, "git_not_found", " "))
        .hasMessage("problem of unusable target k is empty");
    assertThatThrownBy(() -> row(TargetKind.GIT, "https://h/o/r", "git_not_found", null))
        .hasMessageContaining("target k")
        .hasMessageContaining("is not unusable");
    assertThatThrownBy(() -> row(TargetKind.GIT, "https://h/o/r", null, "no such branch"))
        .hasMessageContaining("is not unusable");
  }

  @Test
  void rowsOutOfOrderAndPagesOutOfBoundsAreRefused() {
    try (ManifestWriter writer = new ManifestWriter(store, "b")) {
      assertThatThrownBy(() -> writer.add(SampleRows.row(1))).hasMessageContaining("expected 0");
    }
    ManifestReader reader = ManifestReader.open(store, write(1));
    assertThatThrownBy(() -> reader.readPage(0, 0)).hasMessageContaining("from 1 to 1000");
    assertThatThrownBy(() -> reader.readPage(0, 1001)).hasMessageContaining("from 1 to 1000");
    assertThatThrownBy(() -> reader.readPage(-1, 1)).hasMessageContaining("offset");
  }
}
