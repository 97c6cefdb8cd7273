package dev.repofleet.workflows.activities.sandbox;

import dev.repofleet.workflows.Payload;
import java.util.Objects;

/** The sandbox of a lease. */
@Payload
public record LeaseOutcome(String sandboxId, String envdVersion) {
  public LeaseOutcome {
    Objects.requireNonNull(sandboxId, "sandboxId");
    Objects.requireNonNull(envdVersion, "envdVersion");
  }
}
