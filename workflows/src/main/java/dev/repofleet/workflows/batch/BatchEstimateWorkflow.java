package dev.repofleet.workflows.batch;

import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;

/**
 * Looks what a batch would begin, and begins nothing: no review, no sandbox, no record of a batch.
 * Workflow id: {@code batch-estimate/<batch>}.
 *
 * <p>A workflow, since only workers know the hosts that may be asked, their logins, and what they
 * say of the model, which decides whether an earlier result holds.
 */
@WorkflowInterface
public interface BatchEstimateWorkflow {

  /**
   * Asks for each target's commit and for an earlier result of the same review, as a review would;
   * a target that would fail is no failure of this.
   *
   * <p>Fails as {@link ReviewBatchWorkflow#run} does where the batch would not begin at all: {@code
   * store_mismatch}, {@code no_model}, {@code plan_invalid}.
   */
  @WorkflowMethod(name = "BatchEstimate")
  BatchEstimateOutcome look(BatchEstimateInput input);
}
