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
import java.util.function.Function;
import org.slf4j.Logger;

/**
 * What a batch tells its reviews, by their ids, since those of an earlier run are no children of
 * this one. Many at once, since each takes a round trip, and not all, since the server takes 2,000
 * for one workflow at most; the promises are kept once each was told, and one that has ended does
 * not hear it. Confined to its workflow.
 */
final class ReviewLines {
  private static final Logger log = Workflow.getLogger(ReviewLines.class);

  /** Most that are told at once. */
  private static final int AT_ONCE = 500;

  private final String batch;

  ReviewLines(String batch) {
    this.batch = batch;
  }

  /** What becomes of them their ends tell. Blocks while there are many. */
  Promise<Void> cancel(List<RunningRepository> reviews) {
    return inSlices(reviews, this::cancelSlice);
  }

  /** Blocks while there are many. */
  Promise<Void> paused(List<RunningRepository> reviews, ReviewPaused now) {
    return inSlices(reviews, slice -> pausedSlice(slice, now));
  }

  private static Promise<Void> inSlices(
      List<RunningRepository> reviews, Function<List<RunningRepository>, Promise<Void>> tell) {
    int from = 0;
    if (reviews.size() > AT_ONCE
        && Workflow.getVersion("told in slices", Workflow.DEFAULT_VERSION, 1) < 1) {
      return tell.apply(reviews);
    }
    for (; reviews.size() - from > AT_ONCE; from += AT_ONCE) {
      tell.apply(reviews.subList(from, from + AT_ONCE)).get();
    }
    return tell.apply(reviews.subList(from, reviews.size()));
  }

  private Promise<Void> cancelSlice(List<RunningRepository> reviews) {
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

  private Promise<Void> pausedSlice(List<RunningRepository> reviews, ReviewPaused now) {
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
