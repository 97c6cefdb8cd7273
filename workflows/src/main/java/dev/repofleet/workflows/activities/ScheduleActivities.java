package dev.repofleet.workflows.activities;

import io.temporal.activity.ActivityInterface;

/** What a run of a schedule asks of the world. */
@ActivityInterface
public interface ScheduleActivities {

  /**
   * Puts the schedule's targets and plan under a batch's own name, where everybody finds them.
   * Twice with the same changes nothing.
   *
   * <p>Fails for good with {@code store_mismatch} when this is another store, {@code schedule_gone}
   * when it does not have them as they were, {@code batch_exists} when the batch has others.
   */
  ScheduledCopyOutcome copyScheduled(ScheduledCopyInput input);
}
