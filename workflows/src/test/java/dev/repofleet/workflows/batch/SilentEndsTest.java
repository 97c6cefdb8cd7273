package dev.repofleet.workflows.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.RepositoryStatus;
import dev.repofleet.workflows.SeverityCounts;
import dev.repofleet.workflows.Stage;
import dev.repofleet.workflows.order.ReviewInput;
import dev.repofleet.workflows.progress.BatchStatus;
import dev.repofleet.workflows.progress.RepositoryEnded;
import dev.repofleet.workflows.progress.RunningRepository;
import dev.repofleet.workflows.review.RepositoryProgress;
import dev.repofleet.workflows.testing.FakeReview;
import dev.repofleet.workflows.testing.FakeWorld;
import dev.repofleet.workflows.testing.Inputs;
import dev.repofleet.workflows.testing.TestFleet;
import dev.repofleet.workflows.testing.UnattendedReview;
import io.temporal.client.WorkflowStub;
import io.temporal.failure.ApplicationFailure;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.testing.TestWorkflowExtension;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Reviews whose end nobody tells their batch, which looks for it itself. */
@Timeout(600)
class SilentEndsTest {
  @RegisterExtension
  static final TestWorkflowExtension TEMPORAL =
      TestWorkflowExtension.newBuilder().setDoNotStart(true).build();

  private final FakeWorld world = new FakeWorld();

  private TestFleet fakeReviews(TestWorkflowEnvironment environment) {
    return TestFleet.start(environment, world, FakeReview.class, false);
  }

  /** The test server does not tell a parent of it, so that only the look-up finds it. */
  @Test
  void takesATerminatedReviewForFailed(TestWorkflowEnvironment environment) {
    TestFleet fleet = fakeReviews(environment);
    world.endedInSilence(Inputs.ended(0, RepositoryStatus.FAILED));
    WorkflowStub batch = fleet.startBatch(Inputs.batch(2, 2));
    fleet.awaitReviewsBegun(2);
    // Ended in the middle of its first task, it would hold up the test server's time for good.
    fleet.workflow(TestFleet.REVIEW_ID).query("progress", RepositoryProgress.class);

    fleet.workflow(TestFleet.REVIEW_ID).terminate("by hand");

    BatchOutcome outcome = batch.getResult(BatchOutcome.class);
    assertThat(outcome.status()).isEqualTo(BatchStatus.FINISHED_WITH_FAILURES);
    assertThat(outcome.tally().byStatus())
        .isEqualTo(Map.of(RepositoryStatus.COMPLETE, 1, RepositoryStatus.FAILED, 1));
  }

  /** A review that can't be. */
  public static final class FailingReview extends UnattendedReview {
    @Override
    public RepositoryEnded review(ReviewInput input) {
      throw ApplicationFailure.newNonRetryableFailure("out of order", "broken");
    }

    @Override
    public RepositoryProgress progress() {
      return new RepositoryProgress(Stage.QUEUED, 0, null, null, 0, SeverityCounts.NONE);
    }
  }

  @Test
  void takesAReviewThatFailedInSilenceForFailed(TestWorkflowEnvironment environment) {
    TestFleet fleet = TestFleet.start(environment, world, FailingReview.class, false);

    BatchOutcome outcome = fleet.startBatch(Inputs.batch(3, 2)).getResult(BatchOutcome.class);

    assertThat(outcome.status()).isEqualTo(BatchStatus.FINISHED_WITH_FAILURES);
    assertThat(outcome.tally().byStatus()).isEqualTo(Map.of(RepositoryStatus.FAILED, 3));
    assertThat(world.callsOf("Reconcile")).isZero();
  }

  @Test
  void findsAnEndThatNobodyToldAfterAMinute(TestWorkflowEnvironment environment) {
    TestFleet fleet = fakeReviews(environment);
    world.endedInSilence(Inputs.ended(0, RepositoryStatus.FAILED));
    long before = environment.currentTimeMillis();

    BatchOutcome outcome =
        fleet
            .startBatch(
                Inputs.batch(1, 1, Inputs.carry(1, new RunningRepository(0, Inputs.key(0)))))
            .getResult(BatchOutcome.class);

    assertThat(outcome.tally().count(RepositoryStatus.FAILED)).isEqualTo(1);
    assertThat(world.batchReports().get(0).endedAt() - before).isBetween(60_000L, 119_000L);
    assertThat(world.callsOf("Reconcile")).isEqualTo(1);
  }

  /** Ends that are told keep a batch awake; they must not keep it from looking for the others. */
  @Test
  void findsAnEndThatNobodyToldWhileOthersEndAllTheTime(TestWorkflowEnvironment environment) {
    TestFleet fleet = TestFleet.start(environment, world);
    world.endedInSilence(Inputs.ended(0, RepositoryStatus.FAILED));
    world.during("Run", () -> environment.sleep(Duration.ofSeconds(20)));

    fleet
        .startBatch(Inputs.batch(12, 2, Inputs.carry(1, new RunningRepository(0, Inputs.key(0)))))
        .getResult(BatchOutcome.class);

    assertThat(world.calls().indexOf("Reconcile"))
        .as("long before the last review")
        .isBetween(0, world.calls().lastIndexOf("Run") - 20);
  }

  @Test
  void goesOnWhenItCannotLookForSilentEnds(TestWorkflowEnvironment environment) {
    TestFleet fleet = fakeReviews(environment);
    world.failingForGood("Reconcile", Cause.INTERNAL.code());

    assertThat(fleet.startBatch(Inputs.batch(2, 2)).getResult(BatchOutcome.class).status())
        .isEqualTo(BatchStatus.COMPLETE);
    assertThat(world.callsOf("Reconcile")).isPositive();
  }

  /** A server ends a workflow at 51,200 events, which eleven a minute are in three days. */
  @Test
  void looksSeldomForReviewsThatItSeesToTheirEndOnceItsHistoryIsLong(
      TestWorkflowEnvironment environment) {
    TestFleet fleet = fakeReviews(environment);
    world.failingForGood("ReadTargets", "manifest_invalid");
    WorkflowStub batch =
        fleet.startBatch(
            Inputs.batch(2, 2, Inputs.carry(1, new RunningRepository(0, Inputs.key(0)))));
    TestFleet.await("the failure", () -> world.callsOf("ReadTargets") == 1);

    environment.sleep(Duration.ofDays(2));
    world.endedInSilence(Inputs.ended(0, RepositoryStatus.COMPLETE));

    assertThatThrownBy(() -> batch.getResult(BatchOutcome.class))
        .rootCause()
        .hasMessageContaining("no hope in ReadTargets");
    assertThat(world.callsOf("Reconcile")).as("in place of 2,880").isBetween(900L, 1_200L);
    assertThat(world.batchReports().get(0).status()).isEqualTo(BatchStatus.FAILED);
  }
}
