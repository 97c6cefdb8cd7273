package dev.repofleet.starter.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.repofleet.artifacts.plan.Approval;
import dev.repofleet.artifacts.plan.FollowUp;
import dev.repofleet.artifacts.plan.Plan;
import dev.repofleet.artifacts.plan.PlanLimits;
import dev.repofleet.artifacts.result.BatchResult;
import dev.repofleet.artifacts.result.BatchRow;
import dev.repofleet.artifacts.result.BatchStatus;
import dev.repofleet.artifacts.result.RepositoryResult;
import dev.repofleet.artifacts.result.RepositoryStatus;
import dev.repofleet.e2b.SandboxState;
import dev.repofleet.starter.testing.TestProgram.Outcome;
import dev.repofleet.starter.testing.Waiting;
import dev.repofleet.workflows.order.BatchLimits;
import dev.repofleet.workflows.progress.RunningRepository;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Each verb that controls a batch, by the command line, on a real server with a worker of its own
 * and simulated sandboxes.
 */
@Timeout(value = 60, unit = TimeUnit.MINUTES)
@Tag("long")
class BatchControlIT {
  private static final int OK = 0;
  private static final int WRONG_USE = 2;
  private static final int WITH_FAILURES = 3;
  private static final int AT_BUDGET = 4;

  /** What a simulated agent reports for a turn. */
  private static final double TURN_USD = 0.001 * SimulatedFleet.MESSAGES;

  /** Less than half a cent's thousandth: sums are rounded. */
  private static final double EXACT = 1e-8;

  @TempDir static Path folder = Path.of("");

  private static SimulatedFleet fleet;

  @BeforeAll
  static void start() {
    fleet = new SimulatedFleet("BatchControlIT", folder, Duration.ofSeconds(1), 1);
  }

  @AfterAll
  static void stop() {
    fleet.close();
  }

  @AfterEach
  void no_sandbox_is_left() {
    Waiting.until("no sandbox is left", Waiting.LONG, () -> fleet.account().sandboxes().isEmpty());
  }

  @Test
  void a_paused_batch_starts_nothing_pauses_its_sandboxes_and_survives_its_worker() {
    begin(
        new SimulatedBatch.Work("rest", 4, 2)
            .with(
                SimulatedBatch.plan()
                    .environment(Map.of("SIMULATED_SECONDS", "8"))
                    .followUps(List.of(new FollowUp("Look once more.", "always", Approval.NONE)))
                    .build()));
    awaitAgents(2);

    told(OK, "Batch rest is paused: 2 in work stop before their next turn, 2 are not started.")
        .by("pause", "rest");
    fleet.workers().killAndReplace(fleet.workers().alive().get(0));
    Waiting.until(
        "both sandboxes are paused", Waiting.LONG, () -> sandboxes(SandboxState.PAUSED) == 2);
    told(WRONG_USE, "cannot pause batch rest: it is paused already").by("pause", "rest");
    assertThat(fleet.run("status", "rest").out()).contains("is paused: `repofleet resume rest`");
    Attack.waitFor(Duration.ofSeconds(2));
    assertThat(fleet.progress("rest").dispatched()).as("begun meanwhile").isEqualTo(2);
    assertThat(sandboxes(SandboxState.RUNNING)).isZero();

    told(OK, "Batch rest goes on; it was paused.").by("resume", "rest");
    told(WRONG_USE, "cannot resume batch rest: it is neither paused nor held").by("resume", "rest");
    fleet.awaitOutcome("rest", Waiting.LONG);
    BatchResult result = fleet.result("rest");
    assertThat(result.status()).isEqualTo(BatchStatus.COMPLETE);
    assertThat(result.repositories())
        .hasSize(4)
        .allSatisfy(row -> assertThat(row.costUsd()).isCloseTo(2 * TURN_USD, within(EXACT)));
    told(WRONG_USE, "cannot pause batch rest: it has ended").by("pause", "rest");
    told(WRONG_USE, "cannot resume batch rest: it has ended").by("resume", "rest");
  }

  @Test
  void more_concurrency_starts_more_at_once() {
    begin(lasting("wide", 4, 1, 6));
    awaitAgents(1);

    told(OK, "concurrency: 1 -> 3 (1 in work)").by("set", "wide", "--concurrency", "3");
    Waiting.until("three are in work", Waiting.LONG, () -> running("wide") == 3);
    told(WRONG_USE, "concurrency 0 is not between 1 and 500")
        .by("set", "wide", "--concurrency", "0");
    told(WRONG_USE, "set takes --concurrency, --budget-usd, or both").by("set", "wide");

    fleet.awaitOutcome("wide", Waiting.LONG);
    assertThat(fleet.result("wide").status()).isEqualTo(BatchStatus.COMPLETE);
    told(WRONG_USE, "cannot set batch wide: it has ended, and nothing is left to do")
        .by("set", "wide", "--concurrency", "5");
  }

  @Test
  void a_batch_that_stopped_at_its_budget_goes_on_with_a_larger_one() {
    Plan plan =
        SimulatedBatch.plan().limits(PlanLimits.of(0.02, null, null, null, null, null)).build();
    begin(
        new SimulatedBatch.Work("poor", 6, 1)
            .with(plan)
            .with(new BatchLimits(3 * TURN_USD + 0.001, null, null)));

    assertThat(fleet.run("watch", "poor").exit()).isEqualTo(AT_BUDGET);
    BatchResult stopped = fleet.result("poor");
    assertThat(stopped.status()).isEqualTo(BatchStatus.STOPPED_BUDGET);
    assertThat(stopped.message()).contains("budget of $0.02");
    assertThat(stopped.usage().costUsd()).isCloseTo(3 * TURN_USD, within(EXACT));
    assertThat(stopped.repositories())
        .extracting(BatchRow::cause)
        .containsExactly(null, null, null, "not_started", "not_started", "not_started");

    told(WRONG_USE, "cannot set batch poor: it would stop at once again")
        .by("set", "poor", "--budget-usd", "0.02");
    told(OK, "budget: $0.02 -> $1.00 ($0.02 spent, $0.00 reserved)")
        .by("set", "poor", "--budget-usd", "1");
    assertThat(fleet.run("watch", "poor").exit()).isEqualTo(OK);
    BatchResult result = fleet.result("poor");
    assertThat(result.status()).isEqualTo(BatchStatus.COMPLETE);
    assertThat(result.usage().costUsd()).isCloseTo(6 * TURN_USD, within(EXACT));
    assertThat(result.total(RepositoryStatus.COMPLETE)).isEqualTo(6);
  }

  @Test
  void cancels_one_in_work_and_one_that_waits_and_goes_on_with_the_others() {
    begin(lasting("some", 3, 1, 15));
    awaitAgents(1);
    String first = SimulatedBatch.target("some", 0);
    String last = SimulatedBatch.target("some", 2);

    told(WRONG_USE, "batch some has no target 'nobody'").by("cancel", "some", "nobody");
    told(
            OK,
            "Of batch some 1 repository in work are being stopped, 1 are not started, 0 had"
                + " ended.")
        .by("cancel", "some", first, last);
    Waiting.until(
        "the second is in work",
        Waiting.LONG,
        () ->
            fleet.progress("some").running().stream()
                .map(RunningRepository::index)
                .toList()
                .equals(List.of(1)));
    assertThat(fleet.agents().atWork()).as("the first one's agent is stopped").isLessThan(2);
    assertThat(fleet.run("watch", "some").exit()).isEqualTo(WITH_FAILURES);

    BatchResult result = fleet.result("some");
    assertThat(result.status()).isEqualTo(BatchStatus.FINISHED_WITH_FAILURES);
    assertThat(result.repositories())
        .extracting(BatchRow::status)
        .containsExactly(
            RepositoryStatus.CANCELLED, RepositoryStatus.COMPLETE, RepositoryStatus.CANCELLED);
    assertThat(result.repositories())
        .extracting(BatchRow::cause)
        .containsExactly("cancelled", null, "not_started");
    told(WRONG_USE, "cannot cancel repositories of batch some: it has ended")
        .by("cancel", "some", first);
    told(OK, "Batch some had ended already: nothing changed.").by("cancel", "some");
  }

  @Test
  void reviews_once_more_while_the_batch_works_and_after_its_end() {
    fleet.agents().beDumbAbout("again-0");
    begin(lasting("again", 3, 1, 2));
    Waiting.until(
        "the first has ended", Waiting.LONG, () -> fleet.progress("again").tally().ended() == 1);
    RepositoryResult before = review("again", 0);
    assertThat(before.status()).isEqualTo(RepositoryStatus.UNSTRUCTURED);
    fleet.agents().beClever();

    told(OK, "1 repository is reviewed once more in batch again.")
        .by("retry", "again", SimulatedBatch.target("again", 0));
    fleet.awaitOutcome("again", Waiting.LONG);
    assertReplaced(before, review("again", 0));
    assertThat(fleet.result("again").status()).isEqualTo(BatchStatus.COMPLETE);

    RepositoryResult complete = review("again", 1);
    told(OK, "1 repository is reviewed once more in batch again.")
        .by("retry", "again", SimulatedBatch.target("again", 1));
    assertThat(fleet.run("watch", "again").exit()).isEqualTo(OK);
    assertReplaced(complete, review("again", 1));
    BatchResult result = fleet.result("again");
    assertThat(result.repositories()).hasSize(3);
    assertThat(result.usage().costUsd())
        .isCloseTo(
            result.repositories().stream().mapToDouble(BatchRow::costUsd).sum(), within(EXACT));

    told(WRONG_USE, "nothing that has ended is incomplete").by("retry", "again", "--failed");
    told(WRONG_USE, "batch again has no target 'nobody'").by("retry", "again", "nobody");
    told(WRONG_USE, "retry takes --failed, or the repositories").by("retry", "again");
  }

  private static void assertReplaced(RepositoryResult before, RepositoryResult after) {
    assertThat(after.status()).isEqualTo(RepositoryStatus.COMPLETE);
    assertThat(after.generation()).isEqualTo(before.generation() + 1);
    assertThat(after.sessionId()).isNotNull().isNotEqualTo(before.sessionId());
    double own = after.turns().stream().mapToDouble(turn -> turn.usage().costUsd()).sum();
    assertThat(own).isPositive();
    assertThat(after.usage().costUsd()).isCloseTo(before.usage().costUsd() + own, within(EXACT));
  }

  @Test
  void a_cancelled_batch_goes_on_with_the_rest() {
    begin(lasting("whole", 4, 2, 12));
    awaitAgents(2);

    told(
            OK,
            "Batch whole is being cancelled: 2 repositories in work end, 2 are not started, 0 had"
                + " ended.")
        .by("cancel", "whole");
    assertThat(fleet.run("watch", "whole").exit()).isEqualTo(WITH_FAILURES);
    BatchResult cancelled = fleet.result("whole");
    assertThat(cancelled.status()).isEqualTo(BatchStatus.CANCELLED);
    assertThat(cancelled.total(RepositoryStatus.CANCELLED)).isEqualTo(4);
    assertThat(fleet.agents().atWork()).isZero();

    told(OK, "4 repositories are reviewed once more in batch whole.")
        .by("retry", "whole", "--failed");
    assertThat(fleet.run("watch", "whole").exit()).isEqualTo(OK);
    BatchResult result = fleet.result("whole");
    assertThat(result.status()).isEqualTo(BatchStatus.COMPLETE);
    assertThat(result.total(RepositoryStatus.COMPLETE)).isEqualTo(4);
    assertThat(List.of(0, 1, 2, 3))
        .extracting(index -> review("whole", index).generation())
        .containsExactly(1, 1, 0, 0);
  }

  @Test
  void a_batch_that_nobody_knows_is_refused() {
    for (String verb : List.of("pause", "resume", "cancel")) {
      told(WRONG_USE, "there is no batch 'nothing'").by(verb, "nothing");
    }
    told(WRONG_USE, "there is no batch 'nothing'").by("retry", "nothing", "--failed");
    told(WRONG_USE, "there is no batch 'nothing'").by("set", "nothing", "--concurrency", "2");
  }

  private static void begin(SimulatedBatch.Work work) {
    fleet.begin(work);
  }

  /** One whose agents take so many seconds for a turn. */
  private static SimulatedBatch.Work lasting(
      String batch, int repositories, int window, int seconds) {
    return new SimulatedBatch.Work(batch, repositories, window)
        .with(
            SimulatedBatch.plan()
                .environment(Map.of("SIMULATED_SECONDS", Integer.toString(seconds)))
                .build());
  }

  private static void awaitAgents(int count) {
    Waiting.until(count + " agents work", Waiting.LONG, () -> fleet.agents().atWork() == count);
  }

  private static int running(String batch) {
    return fleet.progress(batch).running().size();
  }

  private static long sandboxes(SandboxState state) {
    return fleet.account().sandboxes().stream().filter(sandbox -> sandbox.state() == state).count();
  }

  private static RepositoryResult review(String batch, int index) {
    return fleet.review(batch, SimulatedBatch.key(batch, index));
  }

  /** What a command is to answer. */
  private record Answer(int exit, String sentence) {
    void by(String... command) {
      Outcome outcome = fleet.run(command);
      assertThat(outcome.exit()).as(outcome.out() + outcome.err()).isEqualTo(exit);
      assertThat(exit == OK ? outcome.out() : outcome.err()).contains(sentence);
    }
  }

  private static Answer told(int exit, String sentence) {
    return new Answer(exit, sentence);
  }
}
