package dev.repofleet.workflows.testing;

import io.temporal.common.WorkflowExecutionHistory;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.testing.WorkflowReplayer;
import io.temporal.worker.Worker;

/** Histories that are decided again. Stateless. */
public final class Replay {
  private Replay() {}

  /** Fails where these workflows decide otherwise than is recorded. */
  public static void of(String history, Class<?>... workflows) throws Exception {
    try (TestWorkflowEnvironment environment = TestWorkflowEnvironment.newInstance()) {
      Worker worker = environment.newWorker("replay", TestFleet.PATIENT);
      worker.registerWorkflowImplementationTypes(workflows);
      WorkflowReplayer.replayWorkflowExecution(WorkflowExecutionHistory.fromJson(history), worker);
    }
  }
}
