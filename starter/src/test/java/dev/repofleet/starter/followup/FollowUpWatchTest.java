package dev.repofleet.starter.followup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.artifacts.ArtifactStores;
import dev.repofleet.artifacts.result.RepositoryStatus;
import dev.repofleet.starter.batch.FakeBatch;
import dev.repofleet.starter.testing.TestProgram;
import dev.repofleet.workflows.Stage;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Time passes only in the pauses between two looks, and what happens, happens there. */
class FollowUpWatchTest {
  private static final String NO_WORKER =
      "No worker polls task queue repofleet-run: start one with `repofleet worker`. Still waiting.";

  @TempDir Path folder = Path.of("");

  private final List<String> said = new ArrayList<>();
  private Instant now = TestProgram.NOW;

  /** What happens after so many seconds; the last of it ends the review. */
  private void watch(FakeBatch batch, Map<Integer, Runnable> happenings)
      throws InterruptedException {
    InstantSource time = () -> now;
    new FollowUpWatch(
            batch,
            FakeBatch.ID,
            batch.row(0),
            line -> said.add(seconds() + " " + line),
            time.withZone(ZoneOffset.UTC),
            length -> {
              now = now.plus(length);
              happenings.getOrDefault(seconds(), () -> {}).run();
              assertThat(seconds()).as("it goes on: %s", said).isLessThan(100);
            })
        .awaitEnd();
  }

  private int seconds() {
    return Math.toIntExact(now.getEpochSecond() - TestProgram.NOW.getEpochSecond());
  }

  private FakeBatch running() {
    FakeBatch batch = new FakeBatch(ArtifactStores.open(folder.resolve("s").toString()), 1);
    batch.enter(0, Stage.FOLLOW_UP, 2);
    return batch;
  }

  @Test
  void each_place_is_said_once_and_it_ends_with_the_review() throws InterruptedException {
    FakeBatch batch = running();

    watch(
        batch,
        Map.of(
            3, () -> batch.enter(0, Stage.DIFF, 2),
            5, () -> batch.finish(0, RepositoryStatus.COMPLETE, null)));

    assertThat(said).containsExactly("0 owner/r0  follow_up turn 2", "3 owner/r0  diff");
    assertThat(seconds()).isEqualTo(5);
  }

  @Test
  void a_fleet_without_workers_is_said_after_ten_seconds_and_once_each_time()
      throws InterruptedException {
    FakeBatch batch = running();
    batch.workerAway = true;

    watch(
        batch,
        Map.of(
            30, () -> batch.workerAway = false,
            35, () -> batch.workerAway = true,
            60, () -> batch.finish(0, RepositoryStatus.COMPLETE, null)));

    assertThat(said)
        .containsExactly("10 " + NO_WORKER, "30 owner/r0  follow_up turn 2", "44 " + NO_WORKER);
  }

  @Test
  void a_server_that_is_away_is_said_once_and_waited_for() throws InterruptedException {
    FakeBatch batch = running();
    batch.serverAway = true;

    watch(
        batch,
        Map.of(
            40, () -> batch.serverAway = false,
            42, () -> batch.finish(0, RepositoryStatus.COMPLETE, null)));

    assertThat(said)
        .containsExactly(
            "0 Temporal at here does not answer (UNAVAILABLE). The follow-up goes on where it can;"
                + " still trying.",
            "40 owner/r0  follow_up turn 2");
  }
}
