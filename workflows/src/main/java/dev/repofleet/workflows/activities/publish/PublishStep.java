package dev.repofleet.workflows.activities.publish;

import dev.repofleet.workflows.Payload;
import dev.repofleet.workflows.order.PublishOptions;
import java.util.Objects;

/**
 * One repository to publish.
 *
 * @param batch id
 * @param key of the repository
 * @param options what and how
 */
@Payload
public record PublishStep(String batch, String key, PublishOptions options) {
  public PublishStep {
    Objects.requireNonNull(batch, "batch");
    Objects.requireNonNull(key, "key");
    Objects.requireNonNull(options, "options");
  }
}
