package dev.repofleet.workflows.activities;

import dev.repofleet.workflows.Payload;
import java.time.Duration;
import java.util.Objects;

/**
 * Asks for a sandbox.
 *
 * @param fleet that owns it
 * @param leaseId names the lease for ever; every sandbox made for it carries it
 * @param template of the sandbox
 * @param sandboxTime longest it may live without being extended
 */
@Payload
public record LeaseInput(String fleet, String leaseId, String template, Duration sandboxTime) {
  public LeaseInput {
    Objects.requireNonNull(fleet, "fleet");
    Objects.requireNonNull(leaseId, "leaseId");
    Objects.requireNonNull(template, "template");
    Objects.requireNonNull(sandboxTime, "sandboxTime");
  }
}
