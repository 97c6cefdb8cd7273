package dev.repofleet.workflows.activities.agent;

import dev.repofleet.workflows.Payload;
import dev.repofleet.workflows.activities.sandbox.InSandbox;
import java.util.Objects;

/** The turn to stop. */
@Payload
public record StopInput(String sandboxId, String fence, int generation, int turn)
    implements InSandbox {
  public StopInput {
    Objects.requireNonNull(sandboxId, "sandboxId");
    Objects.requireNonNull(fence, "fence");
  }
}
