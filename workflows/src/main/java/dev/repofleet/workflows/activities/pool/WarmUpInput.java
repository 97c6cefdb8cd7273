package dev.repofleet.workflows.activities.pool;

import dev.repofleet.workflows.Payload;
import dev.repofleet.workflows.pool.settings.IdleState;
import java.time.Duration;
import java.util.Objects;

/**
 * A sandbox to have ready.
 *
 * @param fleet that owns it
 * @param leaseId its label, that of no review
 * @param template of it
 * @param state it waits in
 * @param lifetime it must live on without being extended
 * @param notBefore when it may be created, milliseconds since the epoch
 */
@Payload
public record WarmUpInput(
    String fleet,
    String leaseId,
    String template,
    IdleState state,
    Duration lifetime,
    long notBefore) {

  /** Labels of such sandboxes begin so, and name no review. */
  public static final String LABEL = "warm:";

  public WarmUpInput {
    Objects.requireNonNull(fleet, "fleet");
    Objects.requireNonNull(leaseId, "leaseId");
    Objects.requireNonNull(template, "template");
    Objects.requireNonNull(state, "state");
    Objects.requireNonNull(lifetime, "lifetime");
  }
}
