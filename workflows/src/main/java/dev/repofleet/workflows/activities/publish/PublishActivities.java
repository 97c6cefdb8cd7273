package dev.repofleet.workflows.activities.publish;

import io.temporal.activity.ActivityInterface;

/** The steps that write to forges: on a worker alone, never in a sandbox an agent has run in. */
@ActivityInterface
public interface PublishActivities {

  /**
   * Names repositories of a batch that have a result. Fails for good from the first of them on with
   * {@code batch_deleting} when somebody has begun to delete it. With {@code store_mismatch}, when
   * this is another store, it is tried again: another worker may have the right one.
   */
  PublishPage readPublishable(PublishPageRequest request);

  /**
   * Brings one repository to where it is to be, whatever of it is there already; notes in the
   * artifact store what there is. What is refused for good is an outcome; {@code git_transient},
   * {@code git_rate_limited} and a forge's own limits are tried again, not before the forge says;
   * so is {@code store_mismatch}.
   */
  PublishOutcome publish(PublishStep step);
}
