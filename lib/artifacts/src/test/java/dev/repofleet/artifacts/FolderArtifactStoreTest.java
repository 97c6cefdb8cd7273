package dev.repofleet.artifacts;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FolderArtifactStoreTest extends ArtifactStoreContract {
  @Override
  ArtifactStore open(String name) {
    return FolderArtifactStore.open(folder.resolve(name));
  }

  @Override
  void damage(ArtifactRef ref, String content) throws IOException {
    Files.writeString(file(ref), content);
  }

  private Path file(ArtifactRef ref) {
    return folder.resolve("store").resolve(ArtifactUri.path(ref.uri()));
  }

  @AfterEach
  void nothingTemporaryIsLeft() {
    assertThat(folder.resolve("store/tmp")).isDirectoryNotContaining("glob:**/{write,name}-*-*");
  }

  @Test
  void theIdentityStaysAndADamagedOneIsNotReplaced() throws IOException {
    assertThat(FolderArtifactStore.open(folder.resolve("store")).storeId())
        .isEqualTo(store().storeId());
    Files.writeString(folder.resolve("store/store.json"), "");
    assertThatThrownBy(() -> FolderArtifactStore.open(folder.resolve("store")))
        .isInstanceOf(ArtifactCorruptException.class)
        .hasMessageContaining("store.json");
    assertThat(folder.resolve("store/store.json")).isEmptyFile();
  }

  @Test
  void whatOthersPutThereIsPassedOver() throws IOException {
    ArtifactRef kept = store().putNamed("reviews/b/k/review.json", new byte[] {1});
    Path folder = Objects.requireNonNull(file(kept).getParent());
    for (String stranger : List.of(".nfs0000000001", ".review.json.swp", "review.json~", "a b")) {
      Files.writeString(folder.resolve(stranger), "");
    }
    List<String> seen = new ArrayList<>();
    store().visit("reviews", artifact -> seen.add(artifact.uri()));
    assertThat(seen).containsExactly(kept.uri());
    assertThat(store().list("reviews")).containsExactly(kept.uri());
  }

  @Test
  void whatTheFileSystemDoesNotTellIsAFailureAndNotAnAbsence() throws IOException {
    ArtifactStore store = store();
    store.putNamed("batches/b/batch.json", new byte[] {1});
    Files.createSymbolicLink(folder.resolve("store/reviews"), Path.of("reviews"));

    List<ThrowingCallable> looks =
        List.of(
            () -> store.folders(""),
            () -> store.folders("reviews"),
            () -> store.visit("reviews", found -> {}),
            () -> store.exists("artifact:reviews/b/k/review.json"),
            () -> store.open("artifact:reviews/b/k/review.json"));
    assertThat(looks)
        .allSatisfy(
            look ->
                assertThatThrownBy(look)
                    .isInstanceOf(ArtifactException.class)
                    .isNotInstanceOf(ArtifactNotFoundException.class)
                    .hasMessageContaining("Too many levels of symbolic links"));
    assertThat(store.folders("batches")).containsExactly("b");
  }

  @Test
  void anEmptyFolderInThePlaceOfAStoreIsNoStoreWithNothingInIt() throws IOException {
    ArtifactStore store = store();
    String uri = store.putNamed("batches/b/batch.json", new byte[] {1}).uri();
    Path elsewhere = Files.move(folder.resolve("store"), folder.resolve("elsewhere"));
    Files.createDirectory(folder.resolve("store"));

    List<ThrowingCallable> calls =
        List.of(
            () -> store.exists(uri),
            () -> store.open(uri),
            () -> store.folders("batches"),
            () -> store.visit("batches", found -> {}),
            () -> store.readIfPresent(uri, 10),
            () -> store.put(new byte[] {2}));
    assertThat(calls)
        .allSatisfy(
            call ->
                assertThatThrownBy(call)
                    .isInstanceOf(ArtifactException.class)
                    .isNotInstanceOf(ArtifactNotFoundException.class)
                    .hasMessageContaining("is it mounted"));
    Files.delete(folder.resolve("store"));
    Files.move(elsewhere, folder.resolve("store"));
    assertThat(store.exists(uri)).isTrue();
  }

  @Test
  void filesAreForTheirOwnerOnly() throws IOException {
    ArtifactRef ref = store().put(new byte[] {1});
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file(ref))))
        .isEqualTo("rw-------");
    assertThat(
            PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("store"))))
        .isEqualTo("rwx------");
  }

  @Test
  void temporaryFilesOfDeadProcessesAreRemovedAfterADay() throws IOException {
    Path left = Files.writeString(folder.resolve("store/tmp/write-1.part"), "x");
    openIn(Duration.ofHours(23));
    assertThat(left).exists();
    openIn(Duration.ofHours(25));
    assertThat(left).doesNotExist();
  }

  /** As somebody does who opens the store after so long. */
  private void openIn(Duration time) throws IOException {
    FolderWrites.into(folder.resolve("store"), Clock.offset(Clock.systemUTC(), time));
  }

  @Test
  void anOldObjectGetsANameWhileOthersOpenTheStore() throws Exception {
    ArtifactRef object = store().put("long ago".getBytes(UTF_8));
    Files.setLastModifiedTime(
        file(object), FileTime.from(Instant.now().minus(Duration.ofHours(25))));
    AtomicBoolean done = new AtomicBoolean();
    ExecutorService openers = Executors.newFixedThreadPool(8);
    try {
      List<Future<?>> opened = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        opened.add(
            openers.submit(
                () -> {
                  while (!done.get()) {
                    FolderArtifactStore.open(folder.resolve("store"));
                  }
                }));
      }
      for (int i = 0; i < 300; i++) {
        ArtifactRef named = store().name(object, "reviews/b/k" + i + "/changes.patch");
        assertThat(store().exists(named.uri())).isTrue();
      }
      done.set(true);
      for (Future<?> each : opened) {
        each.get();
      }
    } finally {
      done.set(true);
      openers.shutdownNow();
    }
  }

  @Test
  void ofManyWhoWriteOnceOneWins() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      for (int round = 0; round < 5; round++) {
        String path = "batches/b/round-" + round + ".json";
        CyclicBarrier barrier = new CyclicBarrier(8);
        List<Future<Boolean>> written = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
          byte[] own = ("writer " + i).getBytes(UTF_8);
          written.add(
              threads.submit(
                  () -> {
                    barrier.await();
                    try {
                      store().createNamed(path, own);
                      return true;
                    } catch (ArtifactConflictException e) {
                      return false;
                    }
                  }));
        }
        int winners = 0;
        for (Future<Boolean> one : written) {
          winners += one.get() ? 1 : 0;
        }
        assertThat(winners).isEqualTo(1);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void manyOpenANewStoreAtOnceAndSeeOneIdentity() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      for (int round = 0; round < 5; round++) {
        String fresh = "fresh-" + round;
        CyclicBarrier barrier = new CyclicBarrier(8);
        List<Future<String>> opened = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
          opened.add(
              threads.submit(
                  () -> {
                    barrier.await();
                    return open(fresh).storeId();
                  }));
        }
        Set<String> identities = new HashSet<>();
        for (Future<String> one : opened) {
          identities.add(one.get());
        }
        assertThat(identities).hasSize(1);
        assertThat(open(fresh).storeId()).isIn(identities);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void whatCantBeOpenedIsToldInWordsWithAWayOut() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    assertThatThrownBy(() -> FolderArtifactStore.open(file))
        .isInstanceOf(ArtifactException.class)
        .hasMessage(
            "cannot open the artifact store %s: %s is no folder: name another folder in"
                + " REPOFLEET_ARTIFACTS",
            file, file);
    assertThatThrownBy(() -> FolderArtifactStore.open(file.resolve("below")))
        .isInstanceOf(ArtifactException.class)
        .hasMessageEndingWith(
            "/below: Not a directory: this process needs rights and room there, or another folder"
                + " in REPOFLEET_ARTIFACTS");
    // Root may do everything, so that only the words can be tried everywhere.
    assertThat(FolderArtifactStore.wayOut(new AccessDeniedException("/srv/store/tmp")))
        .isEqualTo(
            "this process may not read and write /srv/store/tmp: give it the rights there, or name"
                + " another folder in REPOFLEET_ARTIFACTS");
  }

  @Test
  void locationsOfNoStoreAreRefusedWithAWayOut() {
    for (String location : List.of("s3://", "s3://A", "s3://bucket/../x", "s3://bucket//x")) {
      assertThatThrownBy(() -> ArtifactStores.open(location))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("s3://BUCKET/PREFIX");
    }
    assertThat(S3Location.parse("s3://some-bucket/a/b/"))
        .isEqualTo(new S3Location("some-bucket", "a/b"));
    assertThat(S3Location.parse("s3://some-bucket")).isEqualTo(new S3Location("some-bucket", ""));
    assertThatThrownBy(() -> ArtifactStores.open("https://x/y"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(ArtifactStores.open(folder.resolve("store").toString()).storeId())
        .isEqualTo(store().storeId());
  }
}
