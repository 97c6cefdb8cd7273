package dev.repofleet.workflows.activities.batch;

import dev.repofleet.workflows.Payload;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Asks whether money may be spent on a repository.
 *
 * @param batchWorkflowId of the batch that started the review; absent when none did
 */
@Payload
public record GateInput(String batch, String key, @Nullable String batchWorkflowId) {
  public GateInput {
    Objects.requireNonNull(batch, "batch");
    Objects.requireNonNull(key, "key");
  }
}
