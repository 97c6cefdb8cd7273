package dev.repofleet.workflows.activities.schedule;

import dev.repofleet.workflows.Payload;
import dev.repofleet.workflows.PlanRef;
import dev.repofleet.workflows.order.ManifestRef;
import java.util.Objects;

/**
 * What a batch of a schedule is to begin with.
 *
 * @param schedule name, for messages
 * @param batch id
 * @param manifest of the schedule
 * @param plan of the schedule
 * @param storeId of the store that holds both
 */
@Payload
public record ScheduledCopyInput(
    String schedule, String batch, ManifestRef manifest, PlanRef plan, String storeId) {
  public ScheduledCopyInput {
    Objects.requireNonNull(schedule, "schedule");
    Objects.requireNonNull(batch, "batch");
    Objects.requireNonNull(manifest, "manifest");
    Objects.requireNonNull(plan, "plan");
    Objects.requireNonNull(storeId, "storeId");
  }
}
