package dev.repofleet.workflows.activities.review;

import dev.repofleet.workflows.Payload;
import dev.repofleet.workflows.PlanRef;
import dev.repofleet.workflows.activities.sandbox.InSandbox;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where the plan's own command is run.
 *
 * @param subpath the folder under review; absent for the whole repository
 */
@Payload
public record VerifyInput(
    String batch, String key, String sandboxId, PlanRef plan, @Nullable String subpath)
    implements InSandbox {
  public VerifyInput {
    Objects.requireNonNull(sandboxId, "sandboxId");
    Objects.requireNonNull(plan, "plan");
  }
}
