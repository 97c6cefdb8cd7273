package dev.repofleet.workflows.activities.agent;

import dev.repofleet.workflows.Payload;
import java.util.Objects;

/**
 * What a stop found.
 *
 * @param state of the turn afterwards, as the run script tells it; {@code gone} without a sandbox
 */
@Payload
public record StopOutcome(String state) {
  public StopOutcome {
    Objects.requireNonNull(state, "state");
  }
}
