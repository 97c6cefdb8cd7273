package dev.repofleet.workflows.activities.sandbox;

import dev.repofleet.workflows.Payload;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Asks for a sandbox.
 *
 * @param fleet that owns it
 * @param leaseId names the lease for ever; every sandbox made for it carries it
 * @param template of the sandbox
 * @param sandboxTime longest it may live without being extended
 * @param workflowId of the review, carried by the sandbox, so that what a terminated review left is
 *     found
 * @param notBefore when it may be created or woken, milliseconds since the epoch; one that can't be
 *     created within a second after it needs another slot. 0: whenever
 * @param warmSandboxId to be taken in place of creating one; one that has died is replaced by a new
 *     one. Absent: create
 * @param lookFirst whether an earlier activity may have created a sandbox for this lease
 */
@Payload
public record LeaseInput(
    String fleet,
    String leaseId,
    String template,
    Duration sandboxTime,
    @Nullable String workflowId,
    long notBefore,
    @Nullable String warmSandboxId,
    boolean lookFirst) {
  public LeaseInput {
    Objects.requireNonNull(fleet, "fleet");
    Objects.requireNonNull(leaseId, "leaseId");
    Objects.requireNonNull(template, "template");
    Objects.requireNonNull(sandboxTime, "sandboxTime");
  }
}
