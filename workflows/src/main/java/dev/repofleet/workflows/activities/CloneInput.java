package dev.repofleet.workflows.activities;

import dev.repofleet.workflows.Payload;
import dev.repofleet.workflows.PlanRef;
import dev.repofleet.workflows.order.Target;
import java.util.Objects;

/** What to clone, and where. */
@Payload
public record CloneInput(
    String batch,
    String key,
    String sandboxId,
    Target target,
    ResolveOutcome resolved,
    PlanRef plan)
    implements InSandbox {
  public CloneInput {
    Objects.requireNonNull(sandboxId, "sandboxId");
    Objects.requireNonNull(target, "target");
    Objects.requireNonNull(resolved, "resolved");
    Objects.requireNonNull(plan, "plan");
  }
}
