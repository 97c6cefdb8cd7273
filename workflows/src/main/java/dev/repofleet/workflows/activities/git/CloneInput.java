package dev.repofleet.workflows.activities.git;

import dev.repofleet.workflows.Payload;
import dev.repofleet.workflows.PlanRef;
import dev.repofleet.workflows.activities.sandbox.InSandbox;
import dev.repofleet.workflows.order.Target;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What to clone, and where.
 *
 * @param leaseId of the sandbox; absent in histories before it was asked for
 */
@Payload
public record CloneInput(
    String batch,
    String key,
    String sandboxId,
    Target target,
    ResolveOutcome resolved,
    PlanRef plan,
    @Nullable String leaseId)
    implements InSandbox {
  public CloneInput {
    Objects.requireNonNull(sandboxId, "sandboxId");
    Objects.requireNonNull(target, "target");
    Objects.requireNonNull(resolved, "resolved");
    Objects.requireNonNull(plan, "plan");
  }
}
