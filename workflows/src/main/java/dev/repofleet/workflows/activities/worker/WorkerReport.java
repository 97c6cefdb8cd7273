package dev.repofleet.workflows.activities.worker;

import dev.repofleet.workflows.AgentKind;
import dev.repofleet.workflows.Payload;
import dev.repofleet.workflows.order.PlanOutline;
import java.util.List;
import java.util.Objects;

/**
 * What a worker is able to do.
 *
 * @param storeId of the artifact store it writes to
 * @param agents it can run
 * @param modelConfigured whether Claude Code has credentials for a model here
 * @param outline of the plan it was asked about
 */
@Payload
public record WorkerReport(
    String storeId, List<AgentKind> agents, boolean modelConfigured, PlanOutline outline) {
  public WorkerReport {
    Objects.requireNonNull(storeId, "storeId");
    Objects.requireNonNull(outline, "outline");
    agents = List.copyOf(agents);
  }
}
