package dev.repofleet.workflows.activities;

import java.util.Objects;

/** The sandbox of a lease. */
public record LeaseOutcome(String sandboxId, String envdVersion) {
  public LeaseOutcome {
    Objects.requireNonNull(sandboxId, "sandboxId");
    Objects.requireNonNull(envdVersion, "envdVersion");
  }
}
