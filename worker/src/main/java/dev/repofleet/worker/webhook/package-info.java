/**
 * Tells a person's own tools by HTTP what became of a batch. Entry class: {@link
 * dev.repofleet.worker.webhook.WebhookActivitiesImpl}; {@link dev.repofleet.worker.webhook.Webhook}
 * is where to and with which key. The worker's assembly uses it.
 */
@NullMarked
package dev.repofleet.worker.webhook;

import org.jspecify.annotations.NullMarked;
