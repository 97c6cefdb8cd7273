package dev.repofleet.worker.pool;

import dev.repofleet.workflows.pool.SandboxPoolWorkflowImpl;
import dev.repofleet.workflows.pool.settings.PoolSettings;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowExecutionMetadata;
import io.temporal.client.WorkflowTargetOptions;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The settings that a person gave to a pool whose run has ended: a pool stores them as a memo.
 * Thread-safe.
 *
 * <p>Runs are found by the server's list, which may lag behind, so what a run is told to hold is
 * then asked of the run itself.
 */
final class EarlierSettings {
  private static final Logger log = LoggerFactory.getLogger(EarlierSettings.class);

  /** One that ended before it knew its settings holds none; further back they are worth little. */
  private static final int MOST_RUNS = 5;

  private final WorkflowClient client;

  EarlierSettings(WorkflowClient client) {
    this.client = client;
  }

  /** Of the latest run but this one; absent when there is none, or the server does not say. */
  @Nullable PoolSettings before(String workflowId, String runId) {
    try (Stream<WorkflowExecutionMetadata> runs =
        client.listExecutions("WorkflowId = \"" + workflowId + "\"")) {
      List<WorkflowExecutionMetadata> latest =
          runs.limit(100)
              .filter(run -> !run.getExecution().getRunId().equals(runId))
              .sorted(Comparator.comparing(WorkflowExecutionMetadata::getStartTime).reversed())
              .limit(MOST_RUNS)
              .toList();
      for (WorkflowExecutionMetadata run : latest) {
        PoolSettings settings = of(run);
        if (settings != null) {
          return settings;
        }
      }
    } catch (RuntimeException e) {
      log.info("The settings of the pool before are not known: {}", e.toString());
    }
    return null;
  }

  private @Nullable PoolSettings of(WorkflowExecutionMetadata listed) {
    Object memo =
        client
            .newUntypedWorkflowStub(
                WorkflowTargetOptions.newBuilder()
                    .setWorkflowId(listed.getExecution().getWorkflowId())
                    .setRunId(listed.getExecution().getRunId())
                    .build())
            .describe()
            .getMemo(SandboxPoolWorkflowImpl.SETTINGS_MEMO, PoolSettings.class);
    return memo instanceof PoolSettings settings ? settings : null;
  }
}
