package dev.repofleet.workflows.activities.publish;

import dev.repofleet.workflows.Payload;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Asks for repositories of a batch that have a result.
 *
 * @param batch id
 * @param storeId of the artifact store they are in
 * @param after key behind which they begin; absent: from the first
 * @param limit most of them
 */
@Payload
public record PublishPageRequest(String batch, String storeId, @Nullable String after, int limit) {
  public PublishPageRequest {
    Objects.requireNonNull(batch, "batch");
    Objects.requireNonNull(storeId, "storeId");
    if (limit < 1) {
      throw new IllegalArgumentException("a page of " + limit + " repositories");
    }
  }
}
