package dev.repofleet.workflows.activities;

import java.util.Objects;

/**
 * What will run in the sandbox.
 *
 * @param agentVersion as the agent tells it
 */
public record PrepareOutcome(String agentVersion) {
  public PrepareOutcome {
    Objects.requireNonNull(agentVersion, "agentVersion");
  }
}
