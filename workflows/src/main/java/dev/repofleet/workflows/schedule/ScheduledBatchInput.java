package dev.repofleet.workflows.schedule;

import dev.repofleet.workflows.AgentKind;
import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.Payload;
import dev.repofleet.workflows.PlanRef;
import dev.repofleet.workflows.order.BatchLimits;
import dev.repofleet.workflows.order.ManifestRef;
import dev.repofleet.workflows.progress.BatchInput;
import java.util.Objects;

/**
 * Input of {@link ScheduledBatchWorkflow}, the same for every run of a schedule: it stands in the
 * schedule, for all to read.
 *
 * @param schemaVersion 1
 * @param fleet whose workers do the work
 * @param schedule name, as {@link Fleet#requireSchedule} allows
 * @param manifest the targets, under the schedule's own name; each batch gets a copy
 * @param plan likewise
 * @param storeId of the artifact store both live in
 * @param window most repositories in work at once, 1 to 500
 * @param agent that reviews
 * @param limits where each batch stops by itself; absent: nowhere
 * @param useCache whether a repository that is as it was at an earlier result is skipped; absent:
 *     yes
 */
@Payload
public record ScheduledBatchInput(
    int schemaVersion,
    String fleet,
    String schedule,
    ManifestRef manifest,
    PlanRef plan,
    String storeId,
    int window,
    AgentKind agent,
    BatchLimits limits,
    Boolean useCache) {

  public ScheduledBatchInput {
    Objects.requireNonNull(manifest, "manifest");
    Objects.requireNonNull(plan, "plan");
    Objects.requireNonNull(storeId, "storeId");
    Objects.requireNonNull(agent, "agent");
    limits = limits == null ? BatchLimits.NONE : limits;
    useCache = useCache == null || useCache;
    new Fleet(fleet).requireSchedule(schedule);
    if (schemaVersion != 1) {
      throw new IllegalArgumentException(
          "schedule "
              + schedule
              + " has schema version "
              + schemaVersion
              + ", this worker knows 1");
    }
  }

  /** The input of one of its batches, whose records are there. */
  BatchInput batch(String batch, ManifestRef manifest, PlanRef plan) {
    return new BatchInput(
        1,
        fleet,
        batch,
        manifest,
        plan,
        storeId,
        window,
        agent,
        BatchInput.DEFAULT_HEARTBEAT_TIMEOUT,
        BatchInput.DEFAULT_CHECKPOINT_EVERY,
        null,
        limits,
        useCache);
  }
}
