package dev.repofleet.workflows.schedule;

import dev.repofleet.workflows.batch.BatchOutcome;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;

/**
 * One run of a schedule: starts a batch under an id made of the schedule's name and the time it was
 * due, and lasts as long as that, so that the schedule's overlap policy sees it.
 *
 * <p>Workflow id: {@code scheduled-batch/<schedule>}, to which the server appends the time.
 * Cancelling it cancels the batch and waits for its end; terminating it has the batch cancelled.
 */
@WorkflowInterface
public interface ScheduledBatchWorkflow {

  /**
   * Runs to the end of the batch, and ends as it does.
   *
   * <p>Fails with the type {@code batch_exists} when there is a batch of that id already, {@code
   * schedule_gone} when the schedule's targets or plan are not in the store as it was created with.
   * While the workers keep their artifacts elsewhere it asks them again, until one has the store.
   */
  @WorkflowMethod(name = "ScheduledBatch")
  BatchOutcome run(ScheduledBatchInput input);
}
