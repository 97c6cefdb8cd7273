package dev.repofleet.artifacts;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is deleted of a store, and what never is. */
class ObjectSweepTest {
  private static final Instant NOW = Instant.parse("2026-03-01T10:15:30Z");
  private static final Duration DAY = Duration.ofDays(1);

  @TempDir private Path folder;
  private ArtifactStore store;

  @BeforeEach
  void open() {
    store = ArtifactStores.open(folder.toString());
  }

  private Path file(String uri) {
    return folder.resolve(ArtifactUri.path(uri));
  }

  private void age(String uri, Duration age) {
    try {
      Files.setLastModifiedTime(file(uri), FileTime.from(NOW.minus(age)));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private ArtifactRef object(String content, Duration age) {
    ArtifactRef ref = store.put(content.getBytes(UTF_8));
    age(ref.uri(), age);
    return ref;
  }

  private void document(String path, Duration age, Object... refers) {
    age(store.putNamed(path, ArtifactJson.pretty(Map.of("refers", List.of(refers)))).uri(), age);
  }

  private ObjectSweep.Found sweep(Duration grace) {
    return new ObjectSweep(store, false).all(NOW.minus(grace));
  }

  private Instant horizon(String... open) {
    return ObjectHorizon.of(store, NOW, DAY, StoredBatch.all(store).values(), Set.of(open));
  }

  @Test
  void whatADocumentRefersToStaysWhereverTheDocumentIs() {
    ArtifactRef plan = object("plan", DAY.multipliedBy(9));
    ArtifactRef turn = object("turn", DAY.multipliedBy(9));
    ArtifactRef other = object("of a kind that is not known yet", DAY.multipliedBy(9));
    ArtifactRef nobodys = object("nobody's", DAY.multipliedBy(9));
    ArtifactRef young = object("young", DAY.dividedBy(2));
    document("batches/b/manifest.jsonl", DAY, plan);
    document("checkpoints/b/k/0/0/result.json", DAY, turn.uri());
    document("cache/new.json", DAY, other);
    assertThat(new ObjectSweep(store, true).all(NOW.minus(DAY)))
        .as("a dry one")
        .isEqualTo(
            new ObjectSweep.Found(
                new StoredAmount(1, nobodys.size()),
                new StoredAmount(3, plan.size() + turn.size() + other.size()),
                new StoredAmount(1, young.size())));
    assertThat(store.exists(nobodys.uri())).isTrue();
    assertThat(sweep(DAY).deleted()).isEqualTo(new StoredAmount(1, nobodys.size()));
    assertThat(store.list("objects"))
        .containsExactlyInAnyOrder(plan.uri(), turn.uri(), other.uri(), young.uri());
    assertThat(sweep(DAY).deleted()).as("once more").isEqualTo(StoredAmount.NONE);
  }

  @Test
  void whatAScheduleRefersToStaysUntilTheScheduleIsDeleted() {
    ArtifactRef plan = object("plan of a row", DAY.multipliedBy(90));
    document(ArtifactPaths.scheduleManifest("nightly", "c0"), DAY.multipliedBy(90), plan);
    assertThat(sweep(DAY).deleted()).isEqualTo(StoredAmount.NONE);
    store.delete(ArtifactUri.of(ArtifactPaths.scheduleManifest("nightly", "c0")));
    assertThat(sweep(DAY).deleted()).isEqualTo(new StoredAmount(1, plan.size()));
  }

  @Test
  void anObjectThatIsStoredOnceMoreIsAsYoungAsANewOne() {
    ArtifactRef ref = object("wanted again", DAY.multipliedBy(9));
    store.put("wanted again".getBytes(UTF_8));
    assertThat(sweep(DAY).deleted()).isEqualTo(StoredAmount.NONE);
    assertThat(store.deleteObject(ref.uri(), NOW)).isFalse();
    assertThat(store.read(ref, 100)).isEqualTo("wanted again".getBytes(UTF_8));
  }

  @Test
  void aReferenceIsFoundWhereverItStandsInALargeDocument() throws IOException {
    ArtifactRef ref = object("far back", DAY.multipliedBy(9));
    Random random = new Random(11);
    for (int place : new int[] {65_500, 65_536 - 40, 65_536 * 2 - 1, 200_000}) {
      byte[] text = new byte[300_000];
      random.nextBytes(text);
      byte[] reference = ref.uri().getBytes(UTF_8);
      System.arraycopy(reference, 0, text, place, reference.length);
      store.putNamed("reviews/b/k/review.json", text);
      assertThat(sweep(DAY).shared().files()).as("at %d", place).isEqualTo(1);
    }
    assertThat(Files.size(file("artifact:reviews/b/k/review.json"))).isEqualTo(300_000);
  }

  @Test
  void aDocumentThatCannotBeReadStopsTheSweepBeforeAnythingIsDeleted() {
    ArtifactRef nobodys = object("nobody's", DAY.multipliedBy(9));
    document("reviews/b/k/review.json", DAY);
    ArtifactStore broken =
        told(
            method -> {
              if (method.equals("open")) {
                throw new ArtifactException("the disk is broken");
              }
            });
    assertThatThrownBy(() -> new ObjectSweep(broken, false).all(NOW))
        .isInstanceOf(ArtifactException.class)
        .hasMessage("the disk is broken");
    assertThat(store.exists(nobodys.uri())).isTrue();
    assertThatThrownBy(() -> store.delete(nobodys.uri()))
        .as("only the sweep deletes objects")
        .isInstanceOf(IllegalArgumentException.class);
  }

  /** The store, which says what it is about to do, by the method's name. */
  private ArtifactStore told(Consumer<String> before) {
    return (ArtifactStore)
        Proxy.newProxyInstance(
            ArtifactStore.class.getClassLoader(),
            new Class<?>[] {ArtifactStore.class},
            (proxy, method, arguments) -> {
              before.accept(method.getName());
              try {
                return method.invoke(store, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  @Test
  void ofAllWhoMarkABatchAtATimeOneIsTheFirst() {
    List<Boolean> first = new ArrayList<>();
    ArtifactStore slow =
        told(
            method -> {
              if (method.endsWith("Named")) {
                first.add(new BatchFiles(store, "b").mark(NOW));
              }
            });
    first.add(new BatchFiles(slow, "b").mark(NOW));
    assertThat(first).containsExactly(true, false);
    assertThat(new BatchFiles(store, "b").mark(NOW)).as("later").isFalse();
    new BatchFiles(store, "b").unmark();
    assertThat(new BatchFiles(store, "b").mark(NOW)).as("taken back").isTrue();
  }

  @Test
  void whatWasStoredSinceABatchAtWorkBeganStays() {
    document("batches/old/plan.json", DAY.multipliedBy(40));
    document("batches/old/batch.json", DAY.multipliedBy(39));
    assertThat(horizon()).as("nothing at work").isEqualTo(NOW.minus(DAY));
    document("batches/long/plan.json", DAY.multipliedBy(3));
    assertThat(horizon()).as("it has no result").isEqualTo(NOW.minus(DAY.multipliedBy(3)));
    assertThat(horizon("old"))
        .as("it has one, but is gone on with")
        .isEqualTo(NOW.minus(DAY.multipliedBy(40)));
    document("batches/long/batch.json", DAY.multipliedBy(2));
    assertThat(horizon()).isEqualTo(NOW.minus(DAY));
  }

  @Test
  void aBatchThatLeftNoResultCountsNoLongerThanThirtyDaysAfterItsLastSign() {
    document("batches/dead/plan.json", DAY.multipliedBy(50));
    document("checkpoints/dead/k/0/0/0-1.json", DAY.multipliedBy(29));
    assertThat(horizon()).isEqualTo(NOW.minus(DAY.multipliedBy(50)));
    document("checkpoints/dead/k/0/0/0-1.json", DAY.multipliedBy(31));
    assertThat(horizon()).isEqualTo(NOW.minus(DAY));
    assertThat(horizon("dead")).isEqualTo(NOW.minus(DAY.multipliedBy(50)));
  }

  @Test
  void aBatchGoesWithWhatItAloneRefersToAndItsManifestLast() {
    ArtifactRef shared = object("a bundle of both", DAY);
    ArtifactRef own = object("a transcript", DAY);
    ArtifactRef fresh = object("just stored", Duration.ofMinutes(5));
    ArtifactRef nobodys = object("nobody's", DAY);
    document("batches/b/manifest.jsonl", DAY, shared);
    document("batches/b/follow-ups/k/1.json", DAY);
    document("reviews/b/k/state.json", DAY, own, fresh);
    document("reviews/b/k/live/0.0.0/1-2.jsonl.gz", DAY);
    document("checkpoints/b/k/0/0/0-1.json", DAY, own);
    document("batches/b2/manifest.jsonl", DAY, shared);
    document("reviews/b2/k/state.json", DAY);
    BatchFiles files = new BatchFiles(store, "b");
    StoredAmount before = files.amount();
    assertThat(before.files()).isEqualTo(5);
    Instant horizon = NOW.minus(Duration.ofHours(1));
    BatchFiles.Deleted would = files.wouldDelete(horizon);
    files.mark(NOW);
    assertThat(files.delete(horizon)).isEqualTo(would);
    assertThat(would.named()).isEqualTo(before);
    assertThat(would.objects().deleted()).isEqualTo(new StoredAmount(1, own.size()));
    assertThat(would.objects().young()).isEqualTo(new StoredAmount(1, fresh.size()));
    assertThat(would.objects().shared()).isEqualTo(new StoredAmount(1, shared.size()));
    assertThat(store.list("objects"))
        .containsExactlyInAnyOrder(shared.uri(), fresh.uri(), nobodys.uri());
    assertThat(store.folders("batches")).containsExactly("b2");
    assertThat(store.folders("reviews")).containsExactly("b2");
    assertThat(store.folders("checkpoints")).isEmpty();
    assertThat(store.folders("")).containsExactly("batches", "checkpoints", "reviews");
    assertThat(files.delete(horizon).named()).as("once more").isEqualTo(StoredAmount.NONE);
  }

  @Test
  void hashesAreFoundHoweverManyThereAre() {
    ObjectHashes hashes = new ObjectHashes();
    for (int i = 0; i < 20_000; i++) {
      hashes.add(Sha256.of(Integer.toString(i % 7_000).getBytes(UTF_8)));
    }
    for (int i = 0; i < 7_500; i++) {
      assertThat(hashes.contains(Sha256.of(Integer.toString(i).getBytes(UTF_8))))
          .isEqualTo(i < 7_000);
    }
  }

  @Test
  void aFolderThatIsEmptiedWhileOthersWriteThereLosesNothing() throws Exception {
    Thread deleting =
        new Thread(
            () -> {
              for (int i = 0; i < 400; i++) {
                store.putNamed("reviews/b/k/live/0.0.0/a", new byte[] {1});
                store.delete("artifact:reviews/b/k/live/0.0.0/a");
              }
            });
    deleting.start();
    for (int i = 0; i < 400; i++) {
      String uri = store.putNamed("reviews/b/k/live/0.1.0/b" + i, new byte[] {2}).uri();
      assertThat(store.exists(uri)).isTrue();
      store.delete(uri);
    }
    deleting.join();
    assertThat(store.list("reviews/b")).isEmpty();
  }
}
