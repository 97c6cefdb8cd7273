package dev.repofleet.workflows.review;

import dev.repofleet.workflows.activities.ActivityStubs;
import dev.repofleet.workflows.activities.batch.BatchNews;
import dev.repofleet.workflows.order.ReviewInput;
import dev.repofleet.workflows.progress.RepositoryEnded;
import dev.repofleet.workflows.progress.RepositoryParked;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.Workflow;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Tells the batch what it must know of a review. A batch that can't be told was terminated, or
 * looks for what has ended by itself; the review is paid for and goes on. Confined to its workflow.
 */
final class BatchLine {
  private static final Logger log = Workflow.getLogger(BatchLine.class);

  private final ReviewInput input;
  private final ActivityStubs activities;

  BatchLine(ReviewInput input, ActivityStubs activities) {
    this.input = input;
    this.activities = activities;
  }

  void parked(boolean parked) {
    tell(null, new RepositoryParked(input.index(), parked));
  }

  void ended(RepositoryEnded ended) {
    tell(ended, null);
  }

  /** Nothing is told where no batch started the review. */
  private void tell(@Nullable RepositoryEnded ended, @Nullable RepositoryParked parked) {
    Workflow.getInfo()
        .getParentWorkflowId()
        .ifPresent(
            batch -> {
              try {
                activities.reportingBack().tellBatch(new BatchNews(batch, ended, parked));
              } catch (TemporalFailure e) {
                log.warn("{} could not be told of {}", batch, input.key(), e);
              }
            });
  }
}
