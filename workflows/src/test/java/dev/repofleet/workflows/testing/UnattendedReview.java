package dev.repofleet.workflows.testing;

import dev.repofleet.workflows.lease.PermitReply;
import dev.repofleet.workflows.review.FollowUpAnswered;
import dev.repofleet.workflows.review.FollowUpPrompt;
import dev.repofleet.workflows.review.FollowUpsWaiting;
import dev.repofleet.workflows.review.RepositoryReviewWorkflow;
import dev.repofleet.workflows.review.ReviewPaused;

/** A review that nobody can say anything to. */
public abstract class UnattendedReview implements RepositoryReviewWorkflow {
  @Override
  public FollowUpAnswered approve() {
    throw refused();
  }

  @Override
  public void checkApprove() {
    throw refused();
  }

  @Override
  public FollowUpAnswered reject() {
    throw refused();
  }

  @Override
  public void checkReject() {
    throw refused();
  }

  @Override
  public FollowUpsWaiting followUp(FollowUpPrompt prompt) {
    throw refused();
  }

  @Override
  public void checkFollowUp(FollowUpPrompt prompt) {
    throw refused();
  }

  @Override
  public void permit(PermitReply reply) {
    // It asks for none.
  }

  private static IllegalStateException refused() {
    return new IllegalStateException("this review takes no answers");
  }

  @Override
  public void paused(ReviewPaused now) {}
}
