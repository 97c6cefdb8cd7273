package dev.repofleet.workflows.activities;

import dev.repofleet.workflows.Payload;
import java.util.Objects;

/** The sandbox to pause. */
@Payload
public record PauseInput(String sandboxId) {
  public PauseInput {
    Objects.requireNonNull(sandboxId, "sandboxId");
  }
}
