package dev.repofleet.starter.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.repofleet.artifacts.ArtifactStores;
import dev.repofleet.artifacts.result.RepositoryStatus;
import dev.repofleet.starter.command.CommandException;
import dev.repofleet.starter.command.Pause;
import dev.repofleet.starter.render.HoldEvent;
import dev.repofleet.starter.render.RepositoryEvent;
import dev.repofleet.starter.testing.TestProgram;
import dev.repofleet.workflows.Stage;
import dev.repofleet.workflows.progress.IndexRange;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Time passes only in the pauses between two looks, and what happens, happens there. */
class BatchWatcherTest {
  @TempDir Path folder = Path.of("");

  private final List<String> lines = new ArrayList<>();
  private final Deque<Runnable> happenings = new ArrayDeque<>();
  private final List<Duration> pauses = new ArrayList<>();
  private Instant now = TestProgram.NOW;

  private FakeBatch batch(int repositories) {
    return new FakeBatch(ArtifactStores.open(folder.toString()), repositories);
  }

  private BatchEnd watch(FakeBatch batch) throws InterruptedException {
    BatchListener listener =
        new BatchListener() {
          @Override
          public void repository(RepositoryEvent event) {
            lines.add(event.line());
          }

          @Override
          public void hold(HoldEvent event) {
            lines.add(event.line());
          }

          @Override
          public void say(String line) {
            lines.add(line);
          }
        };
    InstantSource time = () -> now;
    Pause pause =
        length -> {
          pauses.add(length);
          now = now.plus(length);
          if (!happenings.isEmpty()) {
            happenings.remove().run();
          }
        };
    Clock clock = time.withZone(ZoneOffset.UTC);
    return new BatchWatcher(batch, batch.records(), listener, clock, pause).watch();
  }

  private void then(Runnable... happening) {
    happenings.addAll(List.of(happening));
  }

  @Test
  void stages_turns_and_the_end_are_told_once_each() throws InterruptedException {
    FakeBatch batch = batch(1);
    batch.enter(0, Stage.CLONE, 0);
    then(
        () -> batch.enter(0, Stage.RUN, 0),
        () -> {},
        () -> batch.enter(0, Stage.FOLLOW_UP, 1),
        () -> batch.finish(0, RepositoryStatus.COMPLETE, null),
        () -> batch.end(BatchEnd.COMPLETED));
    assertThat(watch(batch)).isEqualTo(BatchEnd.COMPLETED);
    assertThat(lines)
        .containsExactly(
            "[1/1] owner/r0  clone",
            "[1/1] owner/r0  run turn 0",
            "[1/1] owner/r0  follow_up turn 1",
            "[1/1] owner/r0  done complete · 0 findings · $0.12");
  }

  @Test
  void a_repository_that_is_retried_meanwhile_is_told_anew() throws InterruptedException {
    FakeBatch batch = batch(1);
    batch.enter(0, Stage.RUN, 0);
    then(
        () -> batch.finish(0, RepositoryStatus.FAILED, "clone_failed"),
        () -> batch.enter(0, Stage.CLONE, 0),
        () -> batch.finish(0, RepositoryStatus.COMPLETE, null),
        () -> batch.end(BatchEnd.COMPLETED));
    watch(batch);
    assertThat(lines)
        .containsExactly(
            "[1/1] owner/r0  run turn 0",
            "[1/1] owner/r0  done failed (clone_failed) · 0 findings · $0.12",
            "[1/1] owner/r0  clone",
            "[1/1] owner/r0  done complete · 0 findings · $0.12");
  }

  @Test
  void what_is_tried_again_and_again_is_said_once_at_each_place() throws InterruptedException {
    FakeBatch batch = batch(1);
    batch.enter(0, Stage.CLONE, 0);
    then(
        () -> batch.fail(1, "a host does not answer"),
        () -> batch.fail(2, "a host does not answer"),
        () -> batch.fail(3, "a host does not answer"),
        () -> batch.enter(0, Stage.RUN, 0),
        () -> batch.fail(2, "owner/r0: a sandbox does not answer"),
        () -> batch.fail(3, "owner/r0: a sandbox does not answer"),
        () -> batch.finish(0, RepositoryStatus.COMPLETE, null),
        () -> batch.end(BatchEnd.COMPLETED));
    watch(batch);
    assertThat(lines)
        .containsExactly(
            "[1/1] owner/r0  clone",
            "owner/r0: clone failed 2 times and is tried again: a host does not answer",
            "[1/1] owner/r0  run turn 0",
            "owner/r0: run failed 2 times and is tried again: a sandbox does not answer",
            "[1/1] owner/r0  done complete · 0 findings · $0.12");
  }

  @Test
  void what_ended_between_two_looks_is_told_from_its_result() throws InterruptedException {
    FakeBatch batch = batch(3);
    batch.finish(0, RepositoryStatus.FAILED, "git_not_found");
    batch.enter(1, Stage.RUN, 0);
    then(() -> batch.finish(1, RepositoryStatus.COMPLETE, null), () -> batch.end(cancelled()));
    watch(batch);
    assertThat(lines)
        .containsExactly(
            "[1/3] owner/r0  done failed (git_not_found) · 0 findings · $0.12",
            "[2/3] owner/r1  run turn 0",
            "[2/3] owner/r1  done complete · 0 findings · $0.12",
            "[3/3] owner/r2  done failed (not_started) · 0 findings · $0.00");
  }

  @Test
  void one_that_was_added_and_ended_since_the_last_look_is_told() throws InterruptedException {
    FakeBatch batch = batch(1);
    batch.finish(0, RepositoryStatus.COMPLETE, null);
    then(
        () -> {
          batch.add();
          batch.finish(1, RepositoryStatus.FAILED, "git_not_found");
          batch.end(BatchEnd.COMPLETED);
        });
    watch(batch);
    assertThat(lines)
        .containsExactly(
            "[1/1] owner/r0  done complete · 0 findings · $0.12",
            "[2/2] owner/r1  done failed (git_not_found) · 0 findings · $0.12");
  }

  @Test
  void what_was_cancelled_before_it_began_is_told_without_asking_the_store()
      throws InterruptedException {
    FakeBatch batch = batch(3);
    batch.lose(1);
    batch.enter(2, Stage.RUN, 0);
    batch.notStarted = List.of(new IndexRange(0, 2));
    then(
        () -> {},
        () -> batch.finish(2, RepositoryStatus.COMPLETE, null),
        () -> batch.end(BatchEnd.COMPLETED));
    watch(batch);
    assertThat(lines)
        .containsExactly(
            "[1/3] owner/r0  done cancelled (not_started) · 0 findings · $0.00",
            "[2/3] owner/r1  done cancelled (not_started) · 0 findings · $0.00",
            "[3/3] owner/r2  run turn 0",
            "[3/3] owner/r2  done complete · 0 findings · $0.12");
  }

  private static BatchEnd cancelled() {
    return new BatchEnd(BatchEnd.Kind.CANCELLED, null, "it was cancelled");
  }

  @Test
  void what_left_no_result_is_told_at_the_end_of_the_batch() throws InterruptedException {
    FakeBatch batch = batch(2);
    batch.lose(0);
    batch.finish(1, RepositoryStatus.COMPLETE, null);
    then(() -> batch.end(new BatchEnd(BatchEnd.Kind.TERMINATED, null, "terminated")));
    watch(batch);
    assertThat(lines)
        .containsExactly(
            "[2/2] owner/r1  done complete · 0 findings · $0.12",
            "[1/2] owner/r0  done failed (not_started) · 0 findings · $0.00");
  }

  @Test
  void a_server_that_is_away_for_a_minute_is_said_once_and_waited_for()
      throws InterruptedException {
    FakeBatch batch = batch(1);
    batch.enter(0, Stage.RUN, 0);
    then(() -> batch.serverAway = true);
    for (int i = 0; i < 60; i++) {
      then(() -> {});
    }
    then(() -> batch.serverAway = false, () -> batch.end(BatchEnd.COMPLETED));
    watch(batch);
    assertThat(lines.subList(0, 3))
        .containsExactly(
            "[1/1] owner/r0  run turn 0",
            "Temporal at here does not answer (UNAVAILABLE). The batch goes on where it can; still"
                + " trying.",
            "Temporal answers again.");
  }

  @Test
  void a_server_that_stays_away_ends_the_watching_with_the_way_back() {
    FakeBatch batch = batch(1);
    batch.serverAway = true;
    assertThatThrownBy(() -> watch(batch))
        .isInstanceOfSatisfying(
            CommandException.class, e -> assertThat(e.getExitCode()).isEqualTo(5))
        .hasMessageContaining("`repofleet status some-batch`");
    assertThat(Duration.between(TestProgram.NOW, now))
        .isBetween(Duration.ofMinutes(10), Duration.ofMinutes(11));
  }

  @Test
  void a_missing_worker_is_said_once_after_ten_seconds() throws InterruptedException {
    FakeBatch batch = batch(1);
    batch.workerAway = true;
    for (int i = 0; i < 9; i++) {
      then(() -> assertThat(lines).isEmpty());
    }
    for (int i = 0; i < 20; i++) {
      then(() -> {});
    }
    then(
        () -> {
          batch.workerAway = false;
          batch.enter(0, Stage.RUN, 0);
        },
        () -> batch.finish(0, RepositoryStatus.COMPLETE, null),
        () -> batch.end(BatchEnd.COMPLETED));
    watch(batch);
    assertThat(lines)
        .startsWith(
            "No worker polls task queue repofleet-run: start one with `repofleet worker`. Still"
                + " waiting.",
            "[1/1] owner/r0  run turn 0")
        .hasSize(3);
  }

  @Test
  void a_hold_is_told_once_with_the_way_out_and_its_end_too() throws InterruptedException {
    FakeBatch batch = batch(1);
    batch.enter(0, Stage.RUN, 0);
    then(() -> batch.held = "the model's provider refuses the key.");
    for (int i = 0; i < 30; i++) {
      then(() -> {});
    }
    then(
        () -> batch.held = null,
        () -> {},
        () -> batch.held = "the model's account has no credit left",
        () -> batch.finish(0, RepositoryStatus.COMPLETE, null),
        () -> batch.end(BatchEnd.COMPLETED));
    watch(batch);
    assertThat(lines)
        .containsExactly(
            "[1/1] owner/r0  run turn 0",
            "Batch some-batch is held: the model's provider refuses the key. Mend that, then"
                + " `repofleet resume some-batch`.",
            "Batch some-batch goes on.",
            "Batch some-batch is held: the model's account has no credit left. Mend that, then"
                + " `repofleet resume some-batch`.",
            "[1/1] owner/r0  done complete · 0 findings · $0.12");
  }

  @Test
  void a_worker_of_another_fleet_is_asked_for_by_its_name() throws InterruptedException {
    FakeBatch batch = batch(1);
    batch.workerAway = true;
    batch.taskQueue = "staging-run";
    for (int i = 0; i < 12; i++) {
      then(() -> {});
    }
    then(() -> batch.end(cancelled()));
    watch(batch);
    assertThat(lines.get(0))
        .isEqualTo(
            "No worker polls task queue staging-run: start one with `repofleet worker --fleet"
                + " staging`. Still waiting.");
  }

  @Test
  void at_most_twenty_repositories_are_asked_about_in_one_look() throws InterruptedException {
    FakeBatch batch = batch(50);
    for (int i = 0; i < 50; i++) {
      batch.enter(i, Stage.RUN, 0);
    }
    then(
        () -> assertThat(batch.questions()).isEqualTo(20),
        () -> {},
        () -> {
          assertThat(batch.questions()).isEqualTo(60);
          assertThat(lines).hasSize(50);
        },
        () -> batch.end(BatchEnd.COMPLETED));
    watch(batch);
  }

  @Test
  void looks_become_rarer_with_time() throws InterruptedException {
    FakeBatch batch = batch(1);
    for (int i = 0; i < 1000; i++) {
      then(() -> {});
    }
    then(() -> batch.end(BatchEnd.COMPLETED));
    watch(batch);
    assertThat(pauses.get(0)).isEqualTo(Duration.ofSeconds(1));
    assertThat(pauses.get(pauses.size() - 1)).isEqualTo(Duration.ofSeconds(10));
  }
}
