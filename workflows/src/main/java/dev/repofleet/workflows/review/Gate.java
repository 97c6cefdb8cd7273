package dev.repofleet.workflows.review;

import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.activities.ActivityStubs;
import dev.repofleet.workflows.activities.GateInput;
import dev.repofleet.workflows.activities.GateOutcome;
import io.temporal.failure.ApplicationFailure;
import io.temporal.workflow.Workflow;

/** Stands before each step of a review that costs money. Confined to its workflow. */
final class Gate {
  private final ReviewInput input;
  private final ActivityStubs activities;

  Gate(ReviewInput input, ActivityStubs activities) {
    this.input = input;
    this.activities = activities;
  }

  /**
   * Returns when the next step may be paid for.
   *
   * @throws ApplicationFailure {@code cancelled} when the batch does not want the repository any
   *     more
   */
  void pass() {
    GateOutcome outcome =
        activities
            .gate()
            .gate(
                new GateInput(
                    input.batch(),
                    input.key(),
                    Workflow.getInfo().getParentWorkflowId().orElse(null)));
    if (!outcome.open()) {
      throw ApplicationFailure.newNonRetryableFailure(
          String.valueOf(outcome.reason()), Cause.CANCELLED.code());
    }
  }
}
