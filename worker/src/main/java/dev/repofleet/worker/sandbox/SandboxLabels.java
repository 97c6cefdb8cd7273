package dev.repofleet.worker.sandbox;

import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.client.LeaseLabels;
import io.temporal.activity.ActivityInfo;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The labels that say whose a sandbox is. Stateless. */
public final class SandboxLabels {
  private SandboxLabels() {}

  /** By which the sandboxes of a lease are found, whichever attempt created them. */
  public static Map<String, String> ofLease(String fleet, String leaseId) {
    return Map.of(LeaseLabels.FLEET, fleet, LeaseLabels.LEASE, leaseId);
  }

  /** By which what one attempt created is told from what others of the same lease did. */
  static Map<String, String> ofAttempt(String fleet, String leaseId, ActivityInfo attempt) {
    Map<String, String> labels = new HashMap<>(ofLease(fleet, leaseId));
    labels.put(LeaseLabels.ATTEMPT, Integer.toString(attempt.getAttempt()));
    labels.put(LeaseLabels.RUN, attempt.getWorkflowRunId());
    return labels;
  }

  /** All of a new sandbox. */
  static Map<String, String> ofNew(
      SandboxCreation.Order order, ActivityInfo attempt, @Nullable String namespaceId) {
    Map<String, String> labels = new HashMap<>(ofAttempt(order.fleet(), order.leaseId(), attempt));
    labels.put(LeaseLabels.POOL, new Fleet(order.fleet()).poolWorkflowId());
    if (order.workflowId() != null) {
      labels.put(LeaseLabels.WORKFLOW, order.workflowId());
    }
    if (namespaceId != null) {
      labels.put(LeaseLabels.NAMESPACE, namespaceId);
    }
    return labels;
  }
}
