package dev.repofleet.workflows.publish;

import io.temporal.workflow.QueryMethod;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;

/**
 * Writes what the repositories of a batch came to to their forges, each by one activity that looks
 * first what is there: it may be started again at any time, and goes on where it was. Workflow id:
 * {@code publish/<batch>}.
 */
@WorkflowInterface
public interface PublishBatchWorkflow {

  /**
   * Sees to all repositories that have a result, in the order of their keys.
   *
   * <p>Fails with {@code store_mismatch} when ten attempts met workers with another artifact store,
   * with {@code batch_deleting} when the batch is being deleted as it begins. What becomes of a
   * single repository is no failure of this.
   */
  @WorkflowMethod(name = "PublishBatch")
  PublishProgress publish(PublishInput input);

  /** How far it is. */
  @QueryMethod
  PublishProgress progress();
}
