package dev.repofleet.workflows.testing;

import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.RepositoryStatus;
import dev.repofleet.workflows.SeverityCounts;
import dev.repofleet.workflows.Stage;
import dev.repofleet.workflows.UsageTotals;
import dev.repofleet.workflows.batch.ReviewBatchWorkflow;
import dev.repofleet.workflows.order.ReviewInput;
import dev.repofleet.workflows.progress.RepositoryEnded;
import dev.repofleet.workflows.review.RepositoryProgress;
import io.temporal.failure.CanceledFailure;
import io.temporal.workflow.Workflow;
import java.time.Duration;

/**
 * A review without any step: it takes three minutes more than the one before it in the manifest,
 * tells its end twice and is complete, or tells that it was cancelled.
 */
public final class FakeReview extends UnattendedReview {

  /** How long the review of a target takes. */
  public static Duration time(int index) {
    return Duration.ofMinutes(3L * (index + 1));
  }

  @Override
  public RepositoryEnded review(ReviewInput input) {
    try {
      Workflow.sleep(time(input.index()));
    } catch (CanceledFailure e) {
      RepositoryEnded ended = ended(input, RepositoryStatus.CANCELLED);
      Workflow.newDetachedCancellationScope(() -> tell(ended)).run();
      throw e;
    }
    RepositoryEnded ended = ended(input, RepositoryStatus.COMPLETE);
    tell(ended);
    tell(ended);
    return ended;
  }

  private static RepositoryEnded ended(ReviewInput input, RepositoryStatus status) {
    return new RepositoryEnded(
        input.index(),
        input.key(),
        status,
        status == RepositoryStatus.CANCELLED ? Cause.CANCELLED : null,
        new SeverityCounts(0, 1, 0, 0, 0),
        new UsageTotals(1, 0, 0, 1, 0.5, UsageTotals.CostSource.REPORTED),
        0,
        null);
  }

  private static void tell(RepositoryEnded ended) {
    Workflow.getInfo()
        .getParentWorkflowId()
        .ifPresent(
            parent ->
                Workflow.newExternalWorkflowStub(ReviewBatchWorkflow.class, parent).ended(ended));
  }

  @Override
  public RepositoryProgress progress() {
    return new RepositoryProgress(Stage.RUN, 0, null, null, 0, SeverityCounts.NONE);
  }
}
