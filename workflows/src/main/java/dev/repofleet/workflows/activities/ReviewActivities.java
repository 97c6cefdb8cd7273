package dev.repofleet.workflows.activities;

import io.temporal.activity.ActivityInterface;

/** Judges the agent's answer. */
@ActivityInterface
public interface ReviewActivities {

  /**
   * Checks the answer against the plan's schema and, for findings, against the commit: the file
   * exists there, the lines are inside it. What fails the second check is dropped and counted.
   */
  ReviewOutcome review(ReviewRequest request);
}
