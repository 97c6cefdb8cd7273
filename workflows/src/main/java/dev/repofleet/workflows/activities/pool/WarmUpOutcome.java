package dev.repofleet.workflows.activities.pool;

import dev.repofleet.workflows.Payload;
import java.util.Objects;

/** The sandbox that is ready. */
@Payload
public record WarmUpOutcome(String sandboxId) {
  public WarmUpOutcome {
    Objects.requireNonNull(sandboxId, "sandboxId");
  }
}
