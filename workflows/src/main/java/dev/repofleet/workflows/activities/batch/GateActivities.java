package dev.repofleet.workflows.activities.batch;

import io.temporal.activity.ActivityInterface;

/** Stands before each step that costs money. */
@ActivityInterface
public interface GateActivities {

  /**
   * Whether the batch still wants this repository: closed once the batch was terminated, cancelled
   * or has failed. Only an activity can ask, since a terminated batch tells its children nothing.
   */
  GateOutcome gate(GateInput input);
}
