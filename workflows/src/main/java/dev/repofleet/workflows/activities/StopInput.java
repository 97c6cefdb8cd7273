package dev.repofleet.workflows.activities;

import java.util.Objects;

/** The turn to stop. */
public record StopInput(String sandboxId, String fence, int generation, int turn) {
  public StopInput {
    Objects.requireNonNull(sandboxId, "sandboxId");
    Objects.requireNonNull(fence, "fence");
  }
}
