package dev.repofleet.workflows.activities;

import dev.repofleet.workflows.Payload;
import java.util.Objects;

/**
 * What will run in the sandbox.
 *
 * @param agentVersion as the agent tells it
 */
@Payload
public record PrepareOutcome(String agentVersion) {
  public PrepareOutcome {
    Objects.requireNonNull(agentVersion, "agentVersion");
  }
}
