package dev.repofleet.workflows.activities.batch;

import dev.repofleet.workflows.Payload;
import org.jspecify.annotations.Nullable;

/**
 * What the gate says.
 *
 * @param open whether the next step may be paid for
 * @param reason in a sentence for people; there exactly when it is closed
 */
@Payload
public record GateOutcome(boolean open, @Nullable String reason) {
  /** Go on. */
  public static final GateOutcome OPEN = new GateOutcome(true, null);

  public GateOutcome {
    if (open != (reason == null)) {
      throw new IllegalArgumentException("a gate has a reason exactly when it is closed");
    }
  }
}
