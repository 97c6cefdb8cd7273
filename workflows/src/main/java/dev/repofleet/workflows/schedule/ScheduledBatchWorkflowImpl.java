package dev.repofleet.workflows.schedule;

import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.FleetSearchAttributes;
import dev.repofleet.workflows.Refusal;
import dev.repofleet.workflows.activities.ActivityStubs;
import dev.repofleet.workflows.activities.schedule.ScheduledCopyInput;
import dev.repofleet.workflows.activities.schedule.ScheduledCopyOutcome;
import dev.repofleet.workflows.batch.BatchOutcome;
import dev.repofleet.workflows.batch.BatchPage;
import dev.repofleet.workflows.batch.ReviewBatchWorkflow;
import dev.repofleet.workflows.progress.BatchInput;
import io.temporal.api.enums.v1.ParentClosePolicy;
import io.temporal.api.enums.v1.WorkflowIdReusePolicy;
import io.temporal.client.WorkflowExecutionAlreadyStarted;
import io.temporal.common.SearchAttributeKey;
import io.temporal.common.SearchAttributes;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.CanceledFailure;
import io.temporal.failure.ChildWorkflowFailure;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.ChildWorkflowCancellationType;
import io.temporal.workflow.ChildWorkflowOptions;
import io.temporal.workflow.CompletablePromise;
import io.temporal.workflow.Workflow;
import java.time.Instant;
import java.time.OffsetDateTime;
import org.jspecify.annotations.Nullable;

/**
 * Copies the schedule's targets and plan to the batch, and runs that as a child.
 *
 * <p>The child is waited for also when it is cancelled: the overlap policy {@code cancel-other}
 * begins the next run once this one has ended, and then no agent of the batch is at work any more.
 */
public final class ScheduledBatchWorkflowImpl implements ScheduledBatchWorkflow {
  /** Set by the server on what a schedule starts: the time it was due, whenever it began. */
  static final SearchAttributeKey<OffsetDateTime> NOMINAL_TIME =
      SearchAttributeKey.forOffsetDateTime("TemporalScheduledStartTime");

  @Override
  public BatchOutcome run(ScheduledBatchInput input) {
    String batch = Fleet.scheduledBatch(input.schedule(), nominalTime());
    try {
      ScheduledCopyOutcome copied =
          new ActivityStubs(new Fleet(input.fleet()), "batch " + batch)
              .scheduling()
              .copyScheduled(
                  new ScheduledCopyInput(
                      input.schedule(), batch, input.manifest(), input.plan(), input.storeId()));
      return run(input.batch(batch, copied.manifest(), copied.plan()));
    } catch (ChildWorkflowFailure e) {
      if (e.getCause() instanceof WorkflowExecutionAlreadyStarted) {
        throw exists(batch);
      }
      throw ended(batch, e);
    } catch (TemporalFailure e) {
      throw ended(batch, e);
    }
  }

  /** Of one that a person started by hand: when that was. */
  private static Instant nominalTime() {
    @Nullable OffsetDateTime scheduled = Workflow.getTypedSearchAttributes().get(NOMINAL_TIME);
    return scheduled == null
        ? Instant.ofEpochMilli(Workflow.getInfo().getRunStartedTimestampMillis())
        : scheduled.toInstant();
  }

  private static BatchOutcome run(BatchInput batch) {
    ChildWorkflowOptions.Builder options =
        ChildWorkflowOptions.newBuilder()
            .setWorkflowId(Fleet.batchWorkflowId(batch.batch()))
            .setWorkflowIdReusePolicy(
                WorkflowIdReusePolicy.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE)
            .setTaskQueue(new Fleet(batch.fleet()).taskQueue())
            .setCancellationType(ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED)
            // Terminated, it would tell its reviews nothing, and leave no report.
            .setParentClosePolicy(ParentClosePolicy.PARENT_CLOSE_POLICY_REQUEST_CANCEL)
            .setStaticSummary(BatchPage.summary(batch))
            .setStaticDetails(BatchPage.about(batch));
    // A schedule has it where the server knows the fleet's search attributes.
    if (Workflow.getTypedSearchAttributes().containsKey(FleetSearchAttributes.PLAN)) {
      options.setTypedSearchAttributes(
          SearchAttributes.newBuilder()
              .set(FleetSearchAttributes.BATCH, batch.batch())
              .set(FleetSearchAttributes.PLAN, batch.plan().name())
              .build());
    }
    return result(Workflow.newChildWorkflowStub(ReviewBatchWorkflow.class, options.build()), batch);
  }

  /**
   * A cancellation that comes while the child is being started reaches nobody: it is handed on once
   * the child is there.
   */
  private static BatchOutcome result(ReviewBatchWorkflow child, BatchInput batch) {
    CompletablePromise<BatchOutcome> end = Workflow.newPromise();
    CancellationScope ofChild =
        Workflow.newDetachedCancellationScope(
            () -> end.completeFrom(Async.function(child::run, batch)));
    ofChild.run();
    try {
      Workflow.getWorkflowExecution(child).get();
    } catch (TemporalFailure e) {
      // The end tells it too.
    }
    CancellationScope.current()
        .getCancellationRequest()
        .thenApply(
            reason -> {
              ofChild.cancel(reason);
              return reason;
            });
    return end.get();
  }

  private static ApplicationFailure exists(String batch) {
    return Refusal.BATCH_EXISTS.because(
        "there is a batch " + batch + " already: this run of the schedule starts none");
  }

  private static TemporalFailure ended(String batch, TemporalFailure failure) {
    return CancellationScope.current().isCancelRequested()
        ? new CanceledFailure("batch " + batch + " was cancelled")
        : failure;
  }
}
