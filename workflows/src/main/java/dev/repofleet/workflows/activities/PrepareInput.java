package dev.repofleet.workflows.activities;

import dev.repofleet.workflows.AgentKind;
import dev.repofleet.workflows.Payload;
import dev.repofleet.workflows.PlanRef;
import java.util.Objects;

/**
 * What a sandbox is made ready for.
 *
 * @param sandboxId to prepare
 * @param fence token of the lease; a start without it is refused
 * @param generation of the work
 * @param turn the first turn that will run here; earlier ones count as lost
 * @param incarnation the first process of that turn that will run here
 */
@Payload
public record PrepareInput(
    String batch,
    String key,
    String sandboxId,
    String fence,
    int generation,
    int turn,
    int incarnation,
    AgentKind agent,
    PlanRef plan) {
  public PrepareInput {
    Objects.requireNonNull(sandboxId, "sandboxId");
    Objects.requireNonNull(fence, "fence");
    Objects.requireNonNull(agent, "agent");
    Objects.requireNonNull(plan, "plan");
  }
}
