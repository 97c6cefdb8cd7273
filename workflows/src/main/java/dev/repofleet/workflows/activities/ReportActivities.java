package dev.repofleet.workflows.activities;

import io.temporal.activity.ActivityInterface;

/** Writes what people and scripts read afterwards. */
@ActivityInterface
public interface ReportActivities {

  /**
   * Writes {@code review.json} and its companions for one repository, or {@code batch.json} for a
   * batch. May be repeated: the same input gives the same files.
   */
  ReportOutcome writeReport(ReportInput input);
}
