package dev.repofleet.workflows.review;

import dev.repofleet.workflows.lease.PermitReply;
import dev.repofleet.workflows.order.ReviewInput;
import dev.repofleet.workflows.progress.RepositoryEnded;
import io.temporal.workflow.QueryMethod;
import io.temporal.workflow.SignalMethod;
import io.temporal.workflow.UpdateMethod;
import io.temporal.workflow.UpdateValidatorMethod;
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

  /**
   * A person lets the follow-up that waits take place. Refused, saying where the review is, while
   * none waits.
   *
   * @return which follow-up was approved
   */
  @UpdateMethod
  FollowUpAnswered approve();

  /** Refuses what {@link #approve} refuses; says nothing when it lets the answer through. */
  @UpdateValidatorMethod(updateName = "approve")
  void checkApprove();

  /**
   * A person declines the follow-up that waits; the ones after it are still asked for. Refused as
   * {@link #approve} is.
   *
   * @return which follow-up was rejected
   */
  @UpdateMethod
  FollowUpAnswered reject();

  /** Refuses what {@link #reject} refuses. */
  @UpdateValidatorMethod(updateName = "reject")
  void checkReject();

  /**
   * One more turn in the agent's session, after those of the plan, with a person's own prompt.
   * Refused once the agent's part is over; a review that has ended is started again with {@link
   * ReviewInput#withFollowUp}.
   *
   * @return how many such turns are waiting now
   */
  @UpdateMethod
  FollowUpsWaiting followUp(FollowUpPrompt prompt);

  /** Refuses what {@link #followUp} refuses. */
  @UpdateValidatorMethod(updateName = "followUp")
  void checkFollowUp(FollowUpPrompt prompt);

  /**
   * The pool answers, or wants something back. Hearing it twice changes nothing; a permit that the
   * review does not wait for is given back.
   */
  @SignalMethod
  void permit(PermitReply reply);

  /**
   * Its batch is paused, or goes on. While it is paused no step begins that costs money. Hearing it
   * twice changes nothing.
   */
  @SignalMethod
  void paused(ReviewPaused now);

  /** Where it is now. */
  @QueryMethod
  RepositoryProgress progress();
}
