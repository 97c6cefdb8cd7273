package dev.repofleet.workflows.review;

import dev.repofleet.workflows.batch.RepositoryEnded;
import io.temporal.workflow.QueryMethod;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;

/**
 * One repository: resolve, lease a sandbox, clone, prepare, run the agent, take its review, follow
 * up in the same session, take the diff, release. Workflow id: {@code review/<batch>/<key>}.
 *
 * <p>It ends normally in every outcome but cancellation; how the review went is in the result.
 * Whatever happens, the sandbox is released and {@code review.json} written.
 */
@WorkflowInterface
public interface RepositoryReviewWorkflow {

  /** Reviews the repository; tells its batch at the end. */
  @WorkflowMethod(name = "RepositoryReview")
  RepositoryEnded review(ReviewInput input);

  /** Where it is now. */
  @QueryMethod
  RepositoryProgress progress();
}
