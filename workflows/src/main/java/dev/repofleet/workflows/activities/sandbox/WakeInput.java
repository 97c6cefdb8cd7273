package dev.repofleet.workflows.activities.sandbox;

import dev.repofleet.workflows.Payload;
import java.time.Duration;
import java.util.Objects;

/**
 * The paused sandbox to wake, with a permit.
 *
 * @param leaseId of the permit
 * @param sandboxId of it
 * @param sandboxTime longest it may live on without being extended
 * @param notBefore when it may be woken, milliseconds since the epoch
 */
@Payload
public record WakeInput(String leaseId, String sandboxId, Duration sandboxTime, long notBefore)
    implements InSandbox {
  public WakeInput {
    Objects.requireNonNull(leaseId, "leaseId");
    Objects.requireNonNull(sandboxId, "sandboxId");
    Objects.requireNonNull(sandboxTime, "sandboxTime");
  }
}
