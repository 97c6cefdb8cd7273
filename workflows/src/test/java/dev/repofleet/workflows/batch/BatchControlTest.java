package dev.repofleet.workflows.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.RepositoryStatus;
import dev.repofleet.workflows.activities.report.BatchReport;
import dev.repofleet.workflows.activities.report.RepositoryReport;
import dev.repofleet.workflows.order.BatchLimits;
import dev.repofleet.workflows.order.ManifestRef;
import dev.repofleet.workflows.order.ReviewInput;
import dev.repofleet.workflows.progress.BatchInput;
import dev.repofleet.workflows.progress.BatchStatus;
import dev.repofleet.workflows.progress.IndexRange;
import dev.repofleet.workflows.progress.RepositoryEnded;
import dev.repofleet.workflows.testing.FakeReview;
import dev.repofleet.workflows.testing.FakeWorld;
import dev.repofleet.workflows.testing.Inputs;
import dev.repofleet.workflows.testing.TestFleet;
import io.temporal.client.WorkflowStub;
import io.temporal.client.WorkflowUpdateException;
import io.temporal.failure.CanceledFailure;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.testing.TestWorkflowExtension;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** People control a batch while it works: with its reviews as they are, in a world of fakes. */
@Timeout(600)
class BatchControlTest {
  @RegisterExtension
  static final TestWorkflowExtension TEMPORAL =
      TestWorkflowExtension.newBuilder().setDoNotStart(true).build();

  private final FakeWorld world = new FakeWorld();

  /** As many agents as it has permits come to their end. */
  private final Semaphore mayEnd = new Semaphore(0);

  private TestFleet fleet(TestWorkflowEnvironment environment) {
    world.during("Run", mayEnd::acquireUninterruptibly);
    return TestFleet.start(environment, world);
  }

  private static BatchInput batch(int count, int window, BatchLimits limits) {
    return Inputs.batch(count, window).continued(window, limits, null);
  }

  private void awaitRuns(int count) {
    TestFleet.await(count + " agents", () -> world.callsOf("Run") == count);
  }

  @Test
  void pausesBeforeTheNextTurnAndParksTheSandboxMeanwhile(TestWorkflowEnvironment environment) {
    world.planning(Inputs.outline("always"));
    TestFleet fleet = fleet(environment);
    WorkflowStub batch = fleet.startBatch(Inputs.batch(3, 1));
    awaitRuns(1);

    assertThat(fleet.batch().pause()).isEqualTo(new BatchPaused(1, 2));
    mayEnd.release();
    TestFleet.await("the sandbox is paused", () -> world.callsOf("Pause") == 1);
    environment.sleep(Duration.ofMinutes(25));
    assertThat(world.callsOf("Run")).as("the follow-up waits").isEqualTo(1);
    assertThat(fleet.batch().progress().control())
        .satisfies(control -> assertThat(control.paused()).isTrue());
    assertThatThrownBy(() -> fleet.batch().pause())
        .isInstanceOf(WorkflowUpdateException.class)
        .hasStackTraceContaining("cannot pause batch nightly: it is paused already");

    mayEnd.release(5);
    assertThat(fleet.batch().resume()).isEqualTo(new BatchResumed(null, true));

    assertThat(batch.getResult(BatchOutcome.class).tally().byStatus())
        .isEqualTo(Map.of(RepositoryStatus.COMPLETE, 3));
    assertThat(world.callsOf("Run")).isEqualTo(6);
    assertThat(world.callsOf("Wake")).isEqualTo(1);
    assertThat(world.sandboxes().ids()).isEmpty();
  }

  @Test
  void aReviewLooksNowAndThenWhetherItsPausedBatchIsStillThere(
      TestWorkflowEnvironment environment) {
    world.planning(Inputs.outline("always"));
    TestFleet fleet = fleet(environment);
    WorkflowStub batch = fleet.startBatch(Inputs.batch(1, 1));
    awaitRuns(1);
    fleet.batch().pause();
    mayEnd.release();
    TestFleet.await("the sandbox is paused", () -> world.callsOf("Pause") == 1);

    world.closingTheGate("batch nightly was terminated");

    assertThat(batch.getResult(BatchOutcome.class).tally().byStatus())
        .isEqualTo(Map.of(RepositoryStatus.CANCELLED, 1));
    assertThat(world.reports().get(0).cause()).isEqualTo(Cause.CANCELLED);
    assertThat(world.sandboxes().ids()).isEmpty();
  }

  @Test
  void reviewsAFailedOneOnceMoreWithASessionOfItsOwnAndAddsUpWhatItCost(
      TestWorkflowEnvironment environment) {
    TestFleet fleet = fleet(environment);
    world.failingForGood("Diff", Cause.INTERNAL.code());
    WorkflowStub batch = fleet.startBatch(Inputs.batch(2, 2));
    awaitRuns(2);
    mayEnd.release();
    fleet.awaitReviewsEnded(1);
    world.working("Diff");

    RepositoriesRequeued answer = fleet.batch().retry(new RepositorySelection(List.of(), true));

    assertThat(answer).isEqualTo(new RepositoriesRequeued(1, 0));
    mayEnd.release(2);
    BatchOutcome outcome = batch.getResult(BatchOutcome.class);
    assertThat(outcome.status()).isEqualTo(BatchStatus.COMPLETE);
    assertThat(outcome.tally().byStatus()).isEqualTo(Map.of(RepositoryStatus.COMPLETE, 2));
    RepositoryReport again = lastOfGeneration(1);
    RepositoryReport first = first(again.review().index());
    assertThat(first.status()).isEqualTo(RepositoryStatus.PARTIAL);
    assertThat(again.sessionId()).isNotEqualTo(first.sessionId());
    assertThat(again.costOfAll().costUsd())
        .isEqualTo(first.cost().costUsd() + again.cost().costUsd());
    assertThat(outcome.tally().usage().costUsd()).isEqualTo(3 * first.cost().costUsd());
    assertThat(outcome.tally().findings().total())
        .as("the latest of each")
        .isEqualTo(2 * first.findings().total());
  }

  @Test
  void oneThatIsCancelledAsItBeginsOnceMoreStillHasWhatItCostBefore(
      TestWorkflowEnvironment environment) {
    Semaphore mayRead = new Semaphore(0);
    world.during("ReadState", mayRead::acquireUninterruptibly);
    TestFleet fleet = fleet(environment);
    WorkflowStub batch = fleet.startBatch(Inputs.batch(2, 2));
    awaitRuns(2);
    mayEnd.release();
    fleet.awaitReviewsEnded(1);
    RepositoryReport first = world.reports().get(0);
    RepositorySelection it = RepositorySelection.of(List.of(first.review().index()));
    fleet.batch().retry(it);
    TestFleet.await("it looks back", () -> world.callsOf("ReadState") == 1);
    fleet.awaitReviewsBegun(3);

    fleet.batch().cancelRepositories(it);
    mayRead.release();
    mayEnd.release(2);

    BatchOutcome outcome = batch.getResult(BatchOutcome.class);
    assertThat(outcome.tally().byStatus())
        .isEqualTo(Map.of(RepositoryStatus.COMPLETE, 1, RepositoryStatus.CANCELLED, 1));
    RepositoryReport again = lastOfGeneration(1);
    assertThat(again.costOfAll()).isEqualTo(first.cost());
    assertThat(outcome.tally().findings().total()).isEqualTo(first.findings().total());
  }

  private RepositoryReport lastOfGeneration(int generation) {
    return world.reports().stream()
        .filter(report -> report.review().generation() == generation)
        .reduce((one, other) -> other)
        .orElseThrow();
  }

  private RepositoryReport first(int index) {
    return world.reports().stream()
        .filter(report -> report.review().index() == index)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void cancelsSomeAndGoesOnWithTheOthers(TestWorkflowEnvironment environment) {
    TestFleet fleet = TestFleet.start(environment, world, FakeReview.class, false);
    WorkflowStub batch = fleet.startBatch(Inputs.batch(4, 2));
    fleet.awaitReviewsBegun(2);

    RepositoriesCancelled answer =
        fleet.batch().cancelRepositories(RepositorySelection.of(List.of(0, 3)));

    assertThat(answer).isEqualTo(new RepositoriesCancelled(1, 1, 0));
    BatchOutcome outcome = batch.getResult(BatchOutcome.class);
    assertThat(outcome.status()).isEqualTo(BatchStatus.FINISHED_WITH_FAILURES);
    assertThat(outcome.tally().byStatus())
        .isEqualTo(Map.of(RepositoryStatus.COMPLETE, 2, RepositoryStatus.CANCELLED, 2));
    BatchReport report = world.batchReports().get(0);
    assertThat(report.notStarted()).containsExactly(new IndexRange(3, 4));
  }

  @Test
  void takesMoreTargetsInWhileItWorks(TestWorkflowEnvironment environment) {
    TestFleet fleet = fleet(environment);
    WorkflowStub batch = fleet.startBatch(Inputs.batch(1, 5));
    awaitRuns(1);
    ManifestRef more = new ManifestRef("store:more", "b".repeat(64), 2);

    assertThat(fleet.batch().add(new TargetsToAdd(more, 1))).isEqualTo(new TargetsAdded(2, 3));

    assertThatThrownBy(() -> fleet.batch().add(new TargetsToAdd(more, 1)))
        .hasStackTraceContaining("it has grown to 3 targets meanwhile");
    awaitRuns(3);
    mayEnd.release(3);
    BatchOutcome outcome = batch.getResult(BatchOutcome.class);
    assertThat(outcome.tally().byStatus()).isEqualTo(Map.of(RepositoryStatus.COMPLETE, 3));
    assertThat(world.reports())
        .extracting(report -> report.review().index())
        .containsExactlyInAnyOrder(0, 1, 2);
    BatchInput last = world.batchReports().get(0).batch();
    assertThat(last.progress()).satisfies(end -> assertThat(end.added()).containsExactly(more));
  }

  @Test
  void whatIsAddedWhileItIsCancelledIsInItsReport(TestWorkflowEnvironment environment) {
    Semaphore mayAdmit = new Semaphore(0);
    world.during("AdmitTargets", mayAdmit::acquireUninterruptibly);
    TestFleet fleet = TestFleet.start(environment, world, FakeReview.class, false);
    WorkflowStub batch = fleet.startBatch(Inputs.batch(1, 1));
    fleet.awaitReviewsBegun(1);
    ManifestRef more = new ManifestRef("store:more", "b".repeat(64), 2);
    CompletableFuture<TargetsAdded> added =
        CompletableFuture.supplyAsync(() -> fleet.batch().add(new TargetsToAdd(more, 1)));
    TestFleet.await("they are being added", () -> world.callsOf("AdmitTargets") == 1);

    batch.cancel();
    TestFleet.await(
        "the batch ends", () -> fleet.batch().progress().status() == BatchStatus.CANCELLED);
    mayAdmit.release();

    assertThatThrownBy(() -> batch.getResult(BatchOutcome.class))
        .hasCauseInstanceOf(CanceledFailure.class);
    assertThat(added.join()).isEqualTo(new TargetsAdded(2, 3));
    BatchReport report = world.batchReports().get(0);
    assertThat(report.dispatched()).isEqualTo(1);
    assertThat(report.batch().progress())
        .satisfies(end -> assertThat(end.added()).containsExactly(more));
  }

  @Test
  void addsNothingToABatchThatEndsBeforeItsPlanIsKnown(TestWorkflowEnvironment environment) {
    Semaphore mayAdmit = new Semaphore(0);
    Semaphore mayCheck = new Semaphore(0);
    world.during("AdmitTargets", mayAdmit::acquireUninterruptibly);
    world.during("CheckWorker", mayCheck::acquireUninterruptibly);
    TestFleet fleet = TestFleet.start(environment, world, FakeReview.class, false);
    WorkflowStub batch = fleet.startBatch(Inputs.batch(1, 1));
    ManifestRef more = new ManifestRef("store:more", "b".repeat(64), 2);
    CompletableFuture<TargetsAdded> added =
        CompletableFuture.supplyAsync(() -> fleet.batch().add(new TargetsToAdd(more, 1)));
    TestFleet.await("they are being added", () -> world.callsOf("AdmitTargets") == 1);

    batch.cancel();
    TestFleet.await(
        "the batch ends", () -> fleet.batch().progress().status() == BatchStatus.CANCELLED);
    mayCheck.release();
    mayAdmit.release();

    assertThatThrownBy(() -> batch.getResult(BatchOutcome.class))
        .hasCauseInstanceOf(CanceledFailure.class);
    assertThatThrownBy(added::join)
        .hasStackTraceContaining("cannot add to batch nightly while it is ending");
    assertThat(world.batchReports().get(0).batch().progress()).isNull();
  }

  @Test
  void stopsAtItsBudgetAndSaysSo(TestWorkflowEnvironment environment) {
    world.agent().costing(Inputs.outline().budgetUsd());
    TestFleet fleet = fleet(environment);
    mayEnd.release(100);
    double cap = Inputs.outline().budgetUsd();

    BatchOutcome outcome =
        fleet
            .startBatch(batch(9, 3, new BatchLimits(2.1 * cap, null, null)))
            .getResult(BatchOutcome.class);

    assertThat(outcome.status()).isEqualTo(BatchStatus.STOPPED_BUDGET);
    assertThat(outcome.tally().ended()).isEqualTo(2);
    assertThat(world.reports())
        .extracting(RepositoryReport::review)
        .extracting(ReviewInput::budgetUsd)
        .containsOnly(cap);
    assertThat(world.batchReports().get(0).message()).contains("budget");
  }

  @Test
  void goesOnWithMoreMoneyWhileSomethingRuns(TestWorkflowEnvironment environment) {
    TestFleet fleet = fleet(environment);
    double cap = Inputs.outline().budgetUsd();
    WorkflowStub batch = fleet.startBatch(batch(3, 3, new BatchLimits(cap, null, null)));
    awaitRuns(1);

    BatchSet answer = fleet.batch().set(new BatchSettings(2, 3 * cap));

    assertThat(answer.before()).isEqualTo(new BatchSettings(3, cap));
    assertThat(answer.now()).isEqualTo(new BatchSettings(2, 3 * cap));
    assertThat(answer.reservedUsd()).isEqualTo(cap);
    awaitRuns(2);
    mayEnd.release(3);
    assertThat(batch.getResult(BatchOutcome.class).status()).isEqualTo(BatchStatus.COMPLETE);
  }

  @Test
  void aBudgetThatIsSetLaterCountsWhatIsInWorkAlready(TestWorkflowEnvironment environment) {
    double cap = Inputs.outline().budgetUsd();
    world.agent().costing(cap);
    TestFleet fleet = fleet(environment);
    WorkflowStub batch = fleet.startBatch(Inputs.batch(5, 2));
    awaitRuns(2);
    assertThat(fleet.batch().progress().control().reservedUsd()).isZero();

    BatchSet answer = fleet.batch().set(new BatchSettings(null, 2 * cap));

    assertThat(answer.reservedUsd()).isEqualTo(2 * cap);
    mayEnd.release(5);
    BatchOutcome outcome = batch.getResult(BatchOutcome.class);
    assertThat(outcome.status()).isEqualTo(BatchStatus.STOPPED_BUDGET);
    assertThat(outcome.tally().ended()).isEqualTo(2);
  }

  @Test
  void stopsAtSoManyFailuresAndLeavesTheRestUnstarted(TestWorkflowEnvironment environment) {
    world.failingForGood("Resolve", Cause.GIT_NOT_FOUND.code());
    TestFleet fleet = fleet(environment);

    BatchOutcome outcome =
        fleet
            .startBatch(batch(50, 1, new BatchLimits(null, 3, null)))
            .getResult(BatchOutcome.class);

    assertThat(outcome.status()).isEqualTo(BatchStatus.FAILED);
    assertThat(outcome.tally().count(RepositoryStatus.FAILED)).isEqualTo(3);
    assertThat(world.batchReports().get(0).message()).startsWith("3 of 3 repositories");
    assertThat(world.batchReports().get(0).dispatched()).isEqualTo(3);
  }

  @Test
  void refusesWhatComesAfterItsEnd(TestWorkflowEnvironment environment) {
    TestFleet fleet = fleet(environment);
    mayEnd.release(1);
    world.during(
        "WriteReport",
        () -> {
          if (!world.reports().isEmpty()
              && fleet.batch().progress().status() != BatchStatus.RUNNING) {
            assertThatThrownBy(() -> fleet.batch().pause())
                .hasStackTraceContaining("cannot pause batch nightly while it is ending");
          }
        });

    assertThat(fleet.startBatch(Inputs.batch(1, 1)).getResult(BatchOutcome.class).status())
        .isEqualTo(BatchStatus.COMPLETE);
  }

  /** As after a Reset of the batch: the review of a generation is asked for again. */
  @Test
  void doesNotRunAGenerationTwice(TestWorkflowEnvironment environment) {
    TestFleet fleet = fleet(environment);
    world.failingForGood("Diff", Cause.INTERNAL.code());
    WorkflowStub batch = fleet.startBatch(Inputs.batch(2, 2));
    awaitRuns(2);
    mayEnd.release();
    fleet.awaitReviewsEnded(1);
    world.working("Diff");
    fleet.batch().retry(new RepositorySelection(List.of(), true));
    mayEnd.release(2);
    batch.getResult(BatchOutcome.class);
    RepositoryReport again = lastOfGeneration(1);
    // It tells the batch of its end, and closes a moment later.
    fleet
        .workflow(Fleet.reviewWorkflowId(Inputs.BATCH, again.review().key()))
        .getResult(RepositoryEnded.class);
    long runs = world.callsOf("Run");

    RepositoryEnded end = fleet.startReviewAgain(again.review()).getResult(RepositoryEnded.class);

    assertThat(end).isEqualTo(again.ended());
    assertThat(world.callsOf("Run")).isEqualTo(runs);
  }
}
