package dev.repofleet.workflows.review;

import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.activities.ActivityStubs;
import dev.repofleet.workflows.activities.batch.GateInput;
import dev.repofleet.workflows.activities.batch.GateOutcome;
import dev.repofleet.workflows.order.ReviewInput;
import io.temporal.failure.ApplicationFailure;
import io.temporal.workflow.Workflow;
import java.time.Duration;

/**
 * Stands before each step of a review that costs money: it is closed while the batch is paused.
 * Confined to its workflow.
 */
final class Gate {
  /** A batch that was terminated while it was paused tells nobody. */
  static final Duration LOOK_EVERY = Duration.ofMinutes(10);

  private final ReviewInput input;
  private final ActivityStubs activities;
  private ReviewPaused heard = new ReviewPaused(false, 0);

  Gate(ReviewInput input, ActivityStubs activities) {
    this.input = input;
    this.activities = activities;
  }

  /** What is heard too late counts no more. */
  void hear(ReviewPaused now) {
    if (now.turn() > heard.turn()) {
      heard = now;
    }
  }

  /** Whether a person has paused the batch. */
  boolean isPaused() {
    return heard.paused();
  }

  /**
   * Returns when the next step may be paid for, however long that takes.
   *
   * @throws ApplicationFailure {@code cancelled} when the batch does not want the repository any
   *     more
   */
  void pass() {
    check();
    while (isPaused()) {
      Workflow.await(LOOK_EVERY, () -> !isPaused());
      check();
    }
  }

  /**
   * Asks what became of the batch.
   *
   * @throws ApplicationFailure as {@link #pass} does
   */
  void check() {
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
