package dev.repofleet.workflows.activities;

import dev.repofleet.workflows.Payload;
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
