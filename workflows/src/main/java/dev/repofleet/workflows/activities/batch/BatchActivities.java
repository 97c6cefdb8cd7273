package dev.repofleet.workflows.activities.batch;

import io.temporal.activity.ActivityInterface;

/** What a batch asks of the world: its targets, and what became of children it lost sight of. */
@ActivityInterface
public interface BatchActivities {

  /**
   * One page of the manifest. Fails for good with {@code manifest_invalid} when the manifest is not
   * the one the batch was started with.
   */
  TargetPage readTargets(TargetPageRequest request);

  /**
   * Describes reviews that have not told their end and returns those that are closed: a terminated
   * child tells nothing.
   */
  ReconcileOutcome reconcile(ReconcileInput input);

  /**
   * Puts targets that are to be added under the batch's own name, where everybody finds them. Twice
   * with the same changes nothing. Fails for good with {@code manifest_invalid} when they can't be
   * read.
   */
  AdmitOutcome admitTargets(AdmitInput input);
}
