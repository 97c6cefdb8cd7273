package dev.repofleet.workflows.activities.sandbox;

import dev.repofleet.workflows.Payload;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The lease that ends.
 *
 * @param fleet that owns it
 * @param leaseId of it
 * @param sandboxId of its sandbox; absent when the lease never answered
 * @param runId of the review's run; with it the pool is told of the lease's end, without it nobody
 * @param paused whether the sandbox is: it is not woken to take its fence away
 * @param keep whether the sandbox is cleaned and returned to the pool in place of being killed
 */
@Payload
public record ReleaseInput(
    String fleet,
    String leaseId,
    @Nullable String sandboxId,
    @Nullable String runId,
    boolean paused,
    boolean keep)
    implements InSandbox {
  public ReleaseInput {
    Objects.requireNonNull(fleet, "fleet");
    Objects.requireNonNull(leaseId, "leaseId");
  }
}
