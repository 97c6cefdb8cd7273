package dev.repofleet.worker.pool;

import dev.repofleet.workflows.Excerpt;
import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.lease.LeaseEnded;
import dev.repofleet.workflows.lease.LeaseRequest;
import dev.repofleet.workflows.lease.ProviderTrouble;
import dev.repofleet.workflows.pool.PoolInput;
import dev.repofleet.workflows.pool.PoolPage;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowExecutionAlreadyStarted;
import io.temporal.client.WorkflowOptions;

/**
 * Tells a fleet's pool something, each by one signal-with-start: a pool that was lost or terminated
 * begins anew by it. Thread-safe.
 *
 * <p>After an exception the pool may or may not have heard it; all it hears may be repeated.
 */
final class PoolSignals {
  private static final String TYPE = "SandboxPool";

  private final WorkflowClient client;

  PoolSignals(WorkflowClient client) {
    this.client = client;
  }

  void acquire(Fleet fleet, LeaseRequest request) {
    signal(fleet, "acquire", request);
  }

  void ended(Fleet fleet, LeaseEnded lease) {
    signal(fleet, "ended", lease);
  }

  void trouble(Fleet fleet, ProviderTrouble trouble) {
    signal(fleet, "trouble", trouble);
  }

  private void signal(Fleet fleet, String name, Object about) {
    WorkflowOptions options =
        WorkflowOptions.newBuilder()
            .setWorkflowId(fleet.poolWorkflowId())
            .setTaskQueue(fleet.taskQueue())
            .setStaticSummary(Excerpt.of("sandboxes of the fleet " + fleet.name(), Excerpt.SUMMARY))
            .setStaticDetails(PoolPage.about(fleet.name()))
            .build();
    try {
      client
          .newUntypedWorkflowStub(TYPE, options)
          .signalWithStart(name, new Object[] {about}, new Object[] {PoolInput.of(fleet)});
    } catch (WorkflowExecutionAlreadyStarted e) {
      // Somebody started it in the same moment (seen with the test server).
      client.newUntypedWorkflowStub(fleet.poolWorkflowId()).signal(name, about);
    }
  }
}
