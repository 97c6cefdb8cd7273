package dev.repofleet.starter.pool;

import dev.repofleet.workflows.pool.PoolInput;
import io.temporal.workflow.QueryMethod;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.util.Map;

/** A pool that tells less of itself. */
@WorkflowInterface
public interface OlderPoolWorkflow {
  @WorkflowMethod(name = "SandboxPool")
  void run(PoolInput input);

  @QueryMethod
  Map<String, String> status();

  /** The pool. */
  final class Impl implements OlderPoolWorkflow {
    @Override
    public void run(PoolInput input) {
      Workflow.await(() -> false);
    }

    @Override
    public Map<String, String> status() {
      return Map.of("pool", "sandbox-pool/default");
    }
  }
}
