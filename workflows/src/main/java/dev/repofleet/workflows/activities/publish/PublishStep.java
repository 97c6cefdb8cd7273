package dev.repofleet.workflows.activities.publish;

import dev.repofleet.workflows.Payload;
import dev.repofleet.workflows.order.PublishOptions;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One repository to publish.
 *
 * @param batch id
 * @param key of the repository
 * @param options what and how
 * @param storeId of the artifact store with its result; absent where the workflow was begun before
 *     this was told
 */
@Payload
public record PublishStep(
    String batch, String key, PublishOptions options, @Nullable String storeId) {
  public PublishStep {
    Objects.requireNonNull(batch, "batch");
    Objects.requireNonNull(key, "key");
    Objects.requireNonNull(options, "options");
  }
}
