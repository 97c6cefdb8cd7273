package dev.repofleet.workflows.activities.sandbox;

import dev.repofleet.workflows.Payload;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The sandbox to pause.
 *
 * @param fleet whose pool is told that the lease's place is free; absent: nobody is told
 * @param leaseId of it
 * @param runId of the review's run
 * @param fence of the permit that is given back
 */
@Payload
public record PauseInput(
    String sandboxId,
    @Nullable String fleet,
    @Nullable String leaseId,
    @Nullable String runId,
    @Nullable String fence)
    implements InSandbox {
  public PauseInput {
    Objects.requireNonNull(sandboxId, "sandboxId");
  }
}
