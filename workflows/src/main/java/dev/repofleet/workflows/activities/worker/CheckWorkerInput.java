package dev.repofleet.workflows.activities.worker;

import dev.repofleet.workflows.AgentKind;
import dev.repofleet.workflows.Payload;
import dev.repofleet.workflows.PlanRef;
import java.util.Objects;

/** Input of {@link WorkerActivities#checkWorker}: what the batch is going to need. */
@Payload
public record CheckWorkerInput(PlanRef plan, AgentKind agent, String storeId) {
  public CheckWorkerInput {
    Objects.requireNonNull(plan, "plan");
    Objects.requireNonNull(agent, "agent");
    Objects.requireNonNull(storeId, "storeId");
  }
}
