package dev.repofleet.workflows.activities.review;

import io.temporal.activity.ActivityInterface;

/** The plan's own command. */
@ActivityInterface
public interface VerifyActivities {
  /**
   * Runs it on what the agent changed, with nothing secret in its environment. It is started once:
   * when this fails, nothing is known of it.
   */
  VerifyOutcome verify(VerifyInput input);
}
