package dev.repofleet.workflows.activities.agent;

import io.temporal.activity.ActivityInterface;

/** Ends an agent on purpose. */
@ActivityInterface
public interface StopActivities {

  /**
   * Marks the turn as stopped, so that nobody starts it again, then interrupts, terminates and
   * kills its processes. Succeeds when the sandbox is gone as well.
   */
  StopOutcome stop(StopInput input);
}
