package dev.repofleet.workflows.testing;

import dev.repofleet.workflows.review.RepositoryReviewWorkflow;

/** A review that nobody can say anything to. */
public abstract class UnattendedReview implements RepositoryReviewWorkflow {
  @Override
  public int approve() {
    throw refused();
  }

  @Override
  public void checkApprove() {
    throw refused();
  }

  @Override
  public int reject() {
    throw refused();
  }

  @Override
  public void checkReject() {
    throw refused();
  }

  @Override
  public int followUp(String promptUri) {
    throw refused();
  }

  @Override
  public void checkFollowUp(String promptUri) {
    throw refused();
  }

  private static IllegalStateException refused() {
    return new IllegalStateException("this review takes no answers");
  }
}
