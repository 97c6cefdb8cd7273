package dev.repofleet.workflows.activities.batch;

import io.temporal.activity.ActivityInterface;

/** Tells people's own tools what became of a batch. */
@ActivityInterface
public interface WebhookActivities {

  /**
   * Sends a notice to where the worker's environment says, or nowhere when it says nothing. The
   * address and its secret are the worker's alone: no history holds them.
   */
  void sendWebhook(BatchNotice notice);
}
