package dev.repofleet.workflows.activities.schedule;

import dev.repofleet.workflows.Payload;
import dev.repofleet.workflows.PlanRef;
import dev.repofleet.workflows.order.ManifestRef;
import java.util.Objects;

/** The same under the batch's own name. */
@Payload
public record ScheduledCopyOutcome(ManifestRef manifest, PlanRef plan) {
  public ScheduledCopyOutcome {
    Objects.requireNonNull(manifest, "manifest");
    Objects.requireNonNull(plan, "plan");
  }
}
