package dev.repofleet.workflows.activities.review;

import io.temporal.activity.ActivityInterface;

/** Judges the agent's answer. */
@ActivityInterface
public interface ReviewActivities {

  /**
   * Checks the answer against the plan's schema and, for findings, against the commit: the file
   * exists there, the lines are inside it. What fails the second check is dropped and counted.
   */
  ReviewOutcome review(ReviewRequest request);

  /**
   * Puts a verification's verdicts to the findings it was given. An answer that is missing or not
   * as asked for is no failure: it leaves the findings unverified and says so.
   */
  VerdictsOutcome judgeVerdicts(VerdictsRequest request);
}
