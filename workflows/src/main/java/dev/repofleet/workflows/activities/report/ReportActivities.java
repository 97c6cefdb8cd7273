package dev.repofleet.workflows.activities.report;

import io.temporal.activity.ActivityInterface;

/** Writes what people and scripts read afterwards. */
@ActivityInterface
public interface ReportActivities {

  /**
   * Writes {@code review.json} and its companions for one repository, or {@code batch.json} for a
   * batch. May be repeated: the same input gives the same files.
   */
  ReportOutcome writeReport(ReportInput input);

  /**
   * The state in which a review ended, for a follow-up days later. Fails for good with the type
   * {@code state_missing} when the store has none.
   */
  RepositoryReport readState(StateInput input);
}
