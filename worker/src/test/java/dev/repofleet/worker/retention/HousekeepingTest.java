package dev.repofleet.worker.retention;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.repofleet.artifacts.ArtifactException;
import dev.repofleet.artifacts.ArtifactPaths;
import dev.repofleet.artifacts.ArtifactRef;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.ArtifactStores;
import dev.repofleet.artifacts.ArtifactUri;
import dev.repofleet.worker.testing.WatchedStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HousekeepingTest {
  private static final Duration DAY = Duration.ofDays(1);
  private static final String CHECKPOINT = "checkpoints/b/k/0/0/0-1.json";

  @TempDir private Path folder;
  private final FakeWorkflows workflows = new FakeWorkflows();
  private ArtifactStore store;

  /** Files get their age by it, since a store has no clock that a test could set. */
  private Instant now = Instant.now();

  private static final class FakeWorkflows implements OpenBatches {
    private final Set<String> listed = new HashSet<>();
    private final Set<String> open = new HashSet<>();
    private Runnable meanwhile = () -> {};

    @Override
    public Set<String> listed() {
      return listed;
    }

    @Override
    public boolean isOpen(String batch, Collection<String> keys) {
      meanwhile.run();
      return open.contains(batch) || keys.stream().anyMatch(key -> open.contains(batch + key));
    }
  }

  @BeforeEach
  void anEndedBatch() {
    store = ArtifactStores.open(folder.toString());
    for (String path :
        new String[] {
          "batches/b/manifest.jsonl",
          "batches/b/plan.json",
          "batches/b/batch.json",
          "reviews/b/k/review.json",
          "reviews/b/k/state.json",
          "reviews/b/k/live/0.0.0/1-2.jsonl.gz",
          "checkpoints/b/k/0/0/result.json",
          CHECKPOINT
        }) {
      write(path, Duration.ZERO);
    }
  }

  private void write(String path, Duration age) {
    age(store.putNamed(path, path.getBytes(UTF_8)).uri(), age);
  }

  private void age(String uri, Duration age) {
    try {
      Files.setLastModifiedTime(
          folder.resolve(ArtifactUri.path(uri)), FileTime.from(now.minus(age)));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private void round(Duration later, Map<String, String> environment) {
    now = now.plus(later);
    new Housekeeping(store, workflows, Retention.of(environment), () -> now).round();
  }

  private boolean exists(String path) {
    return store.exists(ArtifactUri.of(path));
  }

  @Test
  void sessionsExpireTwoWeeksAfterTheEndAndResultsStay() {
    round(DAY.multipliedBy(13), Map.of());
    assertThat(exists(CHECKPOINT)).isTrue();
    round(DAY.multipliedBy(2), Map.of());
    assertThat(store.list("checkpoints")).isEmpty();
    assertThat(store.list("reviews")).containsExactly(ArtifactUri.of("reviews/b/k/review.json"));
    assertThat(exists(ArtifactPaths.expired("b"))).isTrue();
    assertThat(exists("batches/b/batch.json")).isTrue();
  }

  @Test
  void aBatchCalledAsTheFolderOfTheLiveViewKeepsItsResults() {
    for (String path :
        List.of(
            "batches/live/manifest.jsonl",
            "batches/live/batch.json",
            "reviews/live/live/review.json",
            "reviews/live/live/state.json",
            "reviews/live/live/live/0.0.0/1-2.jsonl.gz",
            "checkpoints/live/live/0/0/result.json")) {
      write(path, Duration.ZERO);
    }
    round(DAY.multipliedBy(15), Map.of());
    assertThat(store.list("reviews/live"))
        .containsExactly(ArtifactUri.of("reviews/live/live/review.json"));
  }

  @Test
  void aFollowUpBeginsTheTimeAnew() {
    now = now.plus(DAY.multipliedBy(13));
    write(ArtifactPaths.followUp("b", "k", "0"), Duration.ZERO);
    round(DAY.multipliedBy(13), Map.of());
    assertThat(exists(CHECKPOINT)).isTrue();
    round(DAY.multipliedBy(2), Map.of());
    assertThat(exists(CHECKPOINT)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"listed", "b", "bk"})
  void whatIsGoneOnWithIsLeftAlone(String how) {
    (how.equals("listed") ? workflows.listed : workflows.open)
        .add(how.equals("listed") ? "b" : how);
    Map<String, String> all = Map.of(Retention.BATCH_DAYS, "20");
    round(DAY.multipliedBy(15), all);
    round(DAY.multipliedBy(15), all);
    assertThat(exists(CHECKPOINT)).isTrue();
    assertThat(exists(ArtifactPaths.expired("b"))).isFalse();
    assertThat(exists(ArtifactPaths.deleting("b"))).isFalse();
  }

  @Test
  void aFollowUpThatIsAskedForAtThisMomentIsSeen() {
    workflows.meanwhile =
        () -> {
          throw new AssertionError("the note is enough");
        };
    ArtifactStore slow =
        WatchedStore.of(
            store,
            (method, path) -> {
              // Right before the mark is written there is somebody's note.
              if (method.equals("putNamed") && path.endsWith("expired.json")) {
                write(ArtifactPaths.followUp("b", "k", "0"), Duration.ZERO);
              }
            });
    now = now.plus(DAY.multipliedBy(15));
    new Housekeeping(slow, workflows, Retention.of(Map.of()), () -> now).round();
    assertThat(exists(CHECKPOINT)).isTrue();
    assertThat(exists(ArtifactPaths.expired("b"))).isFalse();
  }

  @Test
  void whatWasLeftInTheMiddleIsGoneOnWithInTheNextRound() {
    round(DAY.multipliedBy(15), Map.of());
    write(CHECKPOINT, Duration.ZERO);
    round(DAY, Map.of());
    assertThat(exists(CHECKPOINT)).isFalse();
  }

  @Test
  void whatWasLeftInTheMiddleStaysMarkedWhenSomebodyGoesOnWithIt() {
    workflows.open.add("b");
    write(ArtifactPaths.expired("b"), Duration.ZERO);
    round(DAY.multipliedBy(15), Map.of());
    assertThat(exists(ArtifactPaths.expired("b"))).isTrue();
    write(ArtifactPaths.deleting("b"), Duration.ZERO);
    round(DAY.multipliedBy(15), Map.of(Retention.BATCH_DAYS, "20"));
    assertThat(exists(ArtifactPaths.deleting("b"))).isTrue();
    assertThat(exists(CHECKPOINT)).isTrue();
  }

  @Test
  void batchesStayUntilSomebodySaysHowLong() {
    round(DAY.multipliedBy(3000), Map.of(Retention.CHECKPOINT_DAYS, "never"));
    assertThat(exists(CHECKPOINT)).isTrue();
    round(DAY, Map.of(Retention.BATCH_DAYS, "2000"));
    assertThat(store.list("batches")).isEmpty();
    assertThat(store.list("reviews")).isEmpty();
    assertThat(store.list("checkpoints")).isEmpty();
  }

  @Test
  void aBatchWithoutAResultIsAtWorkUntilThirtyDaysOfSilence() {
    store.delete(ArtifactUri.of("batches/b/batch.json"));
    Map<String, String> soon = Map.of(Retention.BATCH_DAYS, "1");
    round(DAY.multipliedBy(29), soon);
    assertThat(exists(CHECKPOINT)).isTrue();
    write(CHECKPOINT, Duration.ZERO);
    round(DAY.multipliedBy(29), soon);
    assertThat(exists(CHECKPOINT)).isTrue();
    round(DAY.multipliedBy(2), soon);
    assertThat(store.list("batches")).isEmpty();
  }

  @Test
  void aBatchThatGoesOnElsewhereKeepsItsObjects() {
    write(ArtifactPaths.reopened("b"), Duration.ofSeconds(-1));
    String object = store.put("judged".getBytes(UTF_8)).uri();
    age(object, Duration.ofSeconds(-2));
    round(DAY.multipliedBy(2), Map.of());
    assertThat(store.exists(object)).isTrue();
  }

  @Test
  void objectsAreSweptOnceADayAndRoundsAreAnHourApart() {
    ArtifactRef first = store.put("first".getBytes(UTF_8));
    age(first.uri(), DAY.multipliedBy(2));
    round(Duration.ZERO, Map.of());
    assertThat(store.exists(first.uri())).isFalse();
    ArtifactRef second = store.put("second".getBytes(UTF_8));
    age(second.uri(), DAY.multipliedBy(2));
    round(Duration.ofHours(23), Map.of());
    assertThat(store.exists(second.uri())).isTrue();
    round(Duration.ofMinutes(59), Map.of());
    assertThat(store.exists(second.uri())).as("within the hour of the last round").isTrue();
    round(Duration.ofMinutes(30), Map.of());
    assertThat(store.exists(second.uri())).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"{", "{}", "{\"at\": \"2999-01-01T00:00:00Z\"}"})
  void aNoteThatCantBeHoldsUpNoRound(String note) {
    store.putNamed("housekeeping/last.json", note.getBytes(UTF_8));
    round(DAY.multipliedBy(15), Map.of());
    assertThat(exists(CHECKPOINT)).isFalse();
  }

  @Test
  void aBatchThatCantBeCaredForKeepsNobodyFromTheOthersAndTheSweep() {
    write("batches/c/batch.json", Duration.ZERO);
    write("checkpoints/c/k/0/0/0-1.json", Duration.ZERO);
    ArtifactRef nobodys = store.put("nobody's".getBytes(UTF_8));
    now = now.plus(DAY.multipliedBy(15));
    ArtifactStore stubborn =
        WatchedStore.of(
            store,
            (method, path) -> {
              if (method.equals("delete") && path.contains("/b/")) {
                throw new ArtifactException("not this one", null);
              }
            });
    assertThatThrownBy(
            () -> new Housekeeping(stubborn, workflows, Retention.of(Map.of()), () -> now).round())
        .hasMessage("not this one");
    assertThat(exists(CHECKPOINT)).isTrue();
    assertThat(store.list("checkpoints/c")).isEmpty();
    assertThat(store.exists(nobodys.uri())).isFalse();
  }

  @Test
  void foldersThatAKilledProcessLeftAreNothingToExpire() throws IOException {
    round(DAY.multipliedBy(15), Map.of());
    Files.createDirectories(folder.resolve("checkpoints/b/k/0/0"));
    workflows.meanwhile =
        () -> {
          throw new AssertionError("it has expired");
        };
    round(DAY, Map.of());
    assertThat(exists(ArtifactPaths.expired("b"))).isTrue();
  }

  @Test
  void nothingIsDeletedWhereTheServerDoesNotSayWhatRuns() {
    OpenBatches away =
        new OpenBatches() {
          @Override
          public Set<String> listed() {
            throw new IllegalStateException("away");
          }

          @Override
          public boolean isOpen(String batch, Collection<String> keys) {
            return false;
          }
        };
    now = now.plus(DAY.multipliedBy(99));
    assertThatThrownBy(
            () -> new Housekeeping(store, away, Retention.of(Map.of()), () -> now).round())
        .hasMessage("away");
    assertThat(exists(CHECKPOINT)).isTrue();
  }

  @Test
  void namesAndDefaultsOfTheSettings() {
    assertThat(Retention.of(Map.of())).isEqualTo(new Retention(Duration.ofDays(14), null));
    assertThat(
            Retention.of(
                Map.of("REPOFLEET_CHECKPOINT_DAYS", "never", "REPOFLEET_BATCH_DAYS", "3650")))
        .isEqualTo(new Retention(null, Duration.ofDays(3650)));
    for (String bad : new String[] {"0", "-1", "3651", "1.5", "14d", "for ever"}) {
      assertThatThrownBy(() -> Retention.of(Map.of("REPOFLEET_BATCH_DAYS", bad)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "REPOFLEET_BATCH_DAYS is \""
                  + bad
                  + "\": take a number of days, 1 to 3650, or never");
    }
  }
}
