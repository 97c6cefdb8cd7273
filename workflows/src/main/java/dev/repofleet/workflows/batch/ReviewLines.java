package dev.repofleet.workflows.batch;

import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.progress.RunningRepository;
import dev.repofleet.workflows.review.RepositoryReviewWorkflow;
import dev.repofleet.workflows.review.ReviewPaused;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.CancelExternalWorkflowException;
import io.temporal.workflow.ExternalWorkflowStub;
import io.temporal.workflow.Promise;
import io.temporal.workflow.SignalExternalWorkflowException;
import io.temporal.workflow.Workflow;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;

/**
 * What a batch tells its reviews, by their ids, since those of an earlier run are no children of
 * this one. All at once, since each takes a round trip; the promises are kept once each was told,
 * and one that has ended does not hear it. Confined to its workflow.
 */
final class ReviewLines {
  private static final Logger log = Workflow.getLogger(ReviewLines.class);

  private final String batch;

  ReviewLines(String batch) {
    this.batch = batch;
  }

  /** What becomes of them their ends tell. */
  Promise<Void> cancel(List<RunningRepository> reviews) {
    List<Promise<Void>> told = new ArrayList<>();
    for (RunningRepository repository : reviews) {
      ExternalWorkflowStub review = Workflow.newUntypedExternalWorkflowStub(id(repository));
      told.add(
          Async.procedure(
              () -> {
                try {
                  review.cancel();
                } catch (CancelExternalWorkflowException | TemporalFailure e) {
                  log.info("Review {} has ended before it could be cancelled", repository.key());
                }
              }));
    }
    return Promise.allOf(told);
  }

  Promise<Void> paused(List<RunningRepository> reviews, ReviewPaused now) {
    List<Promise<Void>> told = new ArrayList<>();
    for (RunningRepository repository : reviews) {
      RepositoryReviewWorkflow review =
          Workflow.newExternalWorkflowStub(RepositoryReviewWorkflow.class, id(repository));
      told.add(
          Async.procedure(
              () -> {
                try {
                  review.paused(now);
                } catch (SignalExternalWorkflowException | TemporalFailure e) {
                  log.info(
                      "Review {} has ended before it could be told of a pause", repository.key());
                }
              }));
    }
    return Promise.allOf(told);
  }

  private String id(RunningRepository repository) {
    return Fleet.reviewWorkflowId(batch, repository.key());
  }
}
