package dev.repofleet.workflows.activities.schedule;

import io.temporal.activity.ActivityInterface;

/** What a run of a schedule asks of the world. */
@ActivityInterface
public interface ScheduleActivities {

  /**
   * Puts the schedule's targets and plan under a batch's own name, where everybody finds them.
   * Twice with the same changes nothing.
   *
   * <p>Fails for good with {@code schedule_gone} when the store does not have them as they were,
   * {@code batch_exists} when the batch has others. With {@code store_mismatch}, when this is
   * another store, it is tried again: another worker may have the right one.
   */
  ScheduledCopyOutcome copyScheduled(ScheduledCopyInput input);
}
