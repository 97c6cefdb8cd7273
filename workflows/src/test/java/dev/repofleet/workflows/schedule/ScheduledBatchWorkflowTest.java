package dev.repofleet.workflows.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.FleetSearchAttributes;
import dev.repofleet.workflows.batch.BatchOutcome;
import dev.repofleet.workflows.progress.BatchStatus;
import dev.repofleet.workflows.review.RepositoryReviewWorkflowImpl;
import dev.repofleet.workflows.testing.FakeReview;
import dev.repofleet.workflows.testing.FakeWorld;
import dev.repofleet.workflows.testing.Inputs;
import dev.repofleet.workflows.testing.TestFleet;
import io.temporal.api.common.v1.Payload;
import io.temporal.api.enums.v1.EventType;
import io.temporal.api.enums.v1.IndexedValueType;
import io.temporal.client.WorkflowFailedException;
import io.temporal.client.WorkflowStub;
import io.temporal.common.SearchAttributeKey;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.CanceledFailure;
import io.temporal.failure.ChildWorkflowFailure;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.testing.TestWorkflowExtension;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The test server has no schedules: their runs are started as a schedule's action does. */
@Timeout(600)
class ScheduledBatchWorkflowTest {
  @RegisterExtension static final TestWorkflowExtension TEMPORAL = temporal();

  private static final String BATCH = "nightly-20260102-030000";

  private final FakeWorld world = new FakeWorld();

  private static TestWorkflowExtension temporal() {
    TestWorkflowExtension.Builder builder =
        TestWorkflowExtension.newBuilder()
            .setDoNotStart(true)
            .registerSearchAttribute(
                ScheduledBatchWorkflowImpl.NOMINAL_TIME.getName(),
                IndexedValueType.INDEXED_VALUE_TYPE_DATETIME);
    for (SearchAttributeKey<?> key : FleetSearchAttributes.ALL) {
      builder.registerSearchAttribute(key.getName(), key.getValueType());
    }
    return builder.build();
  }

  private static BatchOutcome result(WorkflowStub run) {
    return run.getResult(BatchOutcome.class);
  }

  private static void awaitReviews(TestFleet fleet, int count) {
    TestFleet.await(
        "the batch is in work",
        () ->
            !fleet
                .events(
                    TestFleet.SCHEDULED_ID, EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_STARTED)
                .isEmpty());
    TestFleet.await(
        count + " reviews are in work",
        () ->
            fleet
                    .events(
                        Fleet.batchWorkflowId(BATCH),
                        EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_STARTED)
                    .size()
                == count);
  }

  /**
   * Who waits for a result lets time be skipped, also while a cancellation is under way: the batch
   * would look after its reviews, and be cancelled in the middle. This server loses a workflow task
   * that cancels an activity which has just ended.
   */
  private static void awaitCancellation(TestFleet fleet) {
    TestFleet.await(
        "the batch is cancelled",
        () ->
            !fleet
                .events(
                    Fleet.batchWorkflowId(BATCH),
                    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED)
                .isEmpty());
  }

  @Test
  void runsTheBatchOfItsNominalTimeToItsEnd(TestWorkflowEnvironment environment) {
    TestFleet fleet = TestFleet.start(environment, world);

    BatchOutcome outcome = result(fleet.startScheduled(Inputs.scheduled(3), true));

    assertThat(outcome.status()).isEqualTo(BatchStatus.COMPLETE);
    assertThat(outcome.tally().ended()).isEqualTo(3);
    assertThat(fleet.workflow(Fleet.batchWorkflowId(BATCH)).getResult(BatchOutcome.class))
        .isEqualTo(outcome);
  }

  @Test
  void givesItsBatchTheSearchAttributesItWasGiven(TestWorkflowEnvironment environment) {
    TestFleet fleet = TestFleet.start(environment, world, RepositoryReviewWorkflowImpl.class, true);

    result(fleet.startScheduled(Inputs.scheduled(1), true));

    Map<String, Payload> started =
        fleet
            .events(Fleet.batchWorkflowId(BATCH), EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED)
            .get(0)
            .getWorkflowExecutionStartedEventAttributes()
            .getSearchAttributes()
            .getIndexedFieldsMap();
    assertThat(started).containsOnlyKeys("RepoFleetBatch", "RepoFleetPlan");
    assertThat(String.valueOf(started)).contains(BATCH);
  }

  @Test
  void isNamedByItsStartWhereNoScheduleStartedIt(TestWorkflowEnvironment environment) {
    TestFleet fleet = TestFleet.start(environment, world);

    result(fleet.startScheduled(Inputs.scheduled(1), false));

    assertThat(
            fleet
                .events(
                    TestFleet.SCHEDULED_ID, EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_STARTED)
                .get(0)
                .getChildWorkflowExecutionStartedEventAttributes()
                .getWorkflowExecution()
                .getWorkflowId())
        .matches("review-batch/nightly-\\d{8}-\\d{6}");
  }

  @Test
  void aCancellationIsTheBatchsOwnAndWaitsForItsEnd(TestWorkflowEnvironment environment) {
    TestFleet fleet = TestFleet.start(environment, world, FakeReview.class, false);
    WorkflowStub run = fleet.startScheduled(Inputs.scheduled(2), true);
    awaitReviews(fleet, 2);

    run.cancel();
    awaitCancellation(fleet);

    assertThatThrownBy(() -> result(run))
        .isInstanceOf(WorkflowFailedException.class)
        .hasCauseInstanceOf(CanceledFailure.class);
    assertThat(
            fleet.events(
                Fleet.batchWorkflowId(BATCH), EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED))
        .as("the batch had ended before")
        .hasSize(1);
    assertThat(world.batchReports()).as("its report is written").hasSize(1);
  }

  @Test
  void aBatchThatIsCancelledAloneFailsItsRun(TestWorkflowEnvironment environment) {
    TestFleet fleet = TestFleet.start(environment, world, FakeReview.class, false);
    WorkflowStub run = fleet.startScheduled(Inputs.scheduled(2), true);
    awaitReviews(fleet, 2);

    fleet.workflow(Fleet.batchWorkflowId(BATCH)).cancel();

    assertThatThrownBy(() -> result(run))
        .isInstanceOf(WorkflowFailedException.class)
        .cause()
        .isInstanceOf(ChildWorkflowFailure.class)
        .hasCauseInstanceOf(CanceledFailure.class);
  }

  @Test
  void aBatchOfThatIdIsAFailureThatSaysSo(TestWorkflowEnvironment environment) {
    TestFleet fleet = TestFleet.start(environment, world);
    result(fleet.startScheduled(Inputs.scheduled(1), true));

    WorkflowStub again = fleet.startScheduled(Inputs.scheduled(1), true);

    assertThatThrownBy(() -> result(again))
        .cause()
        .isInstanceOfSatisfying(
            ApplicationFailure.class,
            failure -> {
              assertThat(failure.getType()).isEqualTo("batch_exists");
              assertThat(failure.getOriginalMessage()).contains("batch " + BATCH + " already");
            });
  }

  @Test
  void aStoreThatIsAwayForALongTimeLosesNoRun(TestWorkflowEnvironment environment) {
    TestFleet fleet = TestFleet.start(environment, world);
    world.failing("CopyScheduled", 30, Cause.GIT_TRANSIENT);

    BatchOutcome outcome = result(fleet.startScheduled(Inputs.scheduled(1), true));

    assertThat(outcome.status()).isEqualTo(BatchStatus.COMPLETE);
    assertThat(world.callsOf("CopyScheduled")).isEqualTo(31);
  }

  @Test
  void aScheduleThatLostItsTargetsFailsItsRun(TestWorkflowEnvironment environment) {
    TestFleet fleet = TestFleet.start(environment, world);
    world.failingForGood("CopyScheduled", "schedule_gone");

    WorkflowStub run = fleet.startScheduled(Inputs.scheduled(1), true);

    assertThatThrownBy(() -> result(run)).hasStackTraceContaining("schedule_gone");
    assertThat(
            fleet.events(
                TestFleet.SCHEDULED_ID,
                EventType.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED))
        .isEmpty();
  }
}
