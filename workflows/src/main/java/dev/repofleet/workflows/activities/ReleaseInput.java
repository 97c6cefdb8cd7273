package dev.repofleet.workflows.activities;

import dev.repofleet.workflows.Payload;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The lease that ends.
 *
 * @param fleet that owns it
 * @param leaseId of it
 * @param sandboxId of its sandbox; absent when the lease never answered
 */
@Payload
public record ReleaseInput(String fleet, String leaseId, @Nullable String sandboxId) {
  public ReleaseInput {
    Objects.requireNonNull(fleet, "fleet");
    Objects.requireNonNull(leaseId, "leaseId");
  }
}
