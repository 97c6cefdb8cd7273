package dev.repofleet.workflows.activities.batch;

import io.temporal.activity.ActivityInterface;

/**
 * From a review to its batch. Called as a local activity: a signal from workflow to workflow costs
 * twice the server's work.
 */
@ActivityInterface
public interface BatchLineActivities {

  /**
   * Signals the batch; one that has ended or was forgotten needs to know no more. May be repeated.
   */
  void tellBatch(BatchNews news);
}
