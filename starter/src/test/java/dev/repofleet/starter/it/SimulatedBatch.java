package dev.repofleet.starter.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.ArtifactPaths;
import dev.repofleet.artifacts.ArtifactRef;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.plan.Plan;
import dev.repofleet.artifacts.target.ManifestWriter;
import dev.repofleet.artifacts.target.TargetKind;
import dev.repofleet.artifacts.target.TargetRow;
import dev.repofleet.workflows.AgentKind;
import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.PlanRef;
import dev.repofleet.workflows.batch.ReviewBatchWorkflow;
import dev.repofleet.workflows.order.BatchLimits;
import dev.repofleet.workflows.order.ManifestRef;
import dev.repofleet.workflows.progress.BatchInput;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowOptions;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** Starts batches over repositories that only simulated sandboxes can open. */
public final class SimulatedBatch {
  /** For those who wait for dead workers. */
  public static final Duration HURRIED = Duration.ofSeconds(5);

  private SimulatedBatch() {}

  /**
   * What a batch is to do.
   *
   * @param batch id
   * @param repositories how many
   * @param window most in work at once
   * @param plan for each of them
   * @param limits where it stops by itself
   * @param heartbeat timeout of runs
   */
  public record Work(
      String batch,
      int repositories,
      int window,
      Plan plan,
      BatchLimits limits,
      Duration heartbeat) {
    /** By a plan of one turn, to the end. */
    public Work(String batch, int repositories, int window) {
      this(batch, repositories, window, SimulatedBatch.plan().build(), BatchLimits.NONE, HURRIED);
    }

    public Work with(Plan other) {
      return new Work(batch, repositories, window, other, limits, heartbeat);
    }

    public Work with(BatchLimits other) {
      return new Work(batch, repositories, window, plan, other, heartbeat);
    }

    /** With heartbeats as people's batches have them. */
    public Work unhurried() {
      return new Work(
          batch, repositories, window, plan, limits, BatchInput.DEFAULT_HEARTBEAT_TIMEOUT);
    }
  }

  /** A plan of one turn, whose prompt names the repository. */
  public static Plan.Builder plan() {
    return Plan.builder("test", "Review {{repository}} for the rules.")
        .rules(List.of("hardcoded-secret", "command-injection"));
  }

  /** What a person would type for a repository of a batch. */
  public static String target(String batch, int index) {
    return "./" + name(batch, index);
  }

  /** The key of a repository of a batch. */
  public static String key(String batch, int index) {
    return String.format(Locale.ROOT, "%s-%010d", name(batch, index), 0);
  }

  private static String name(String batch, int index) {
    return batch + "-" + index;
  }

  /** Starts one over so many repositories, so many of them at once. */
  public static void begin(
      WorkflowClient client, ArtifactStore store, String batch, int repositories, int window) {
    begin(client, store, new Work(batch, repositories, window));
  }

  /** Starts one. */
  public static void begin(WorkflowClient client, ArtifactStore store, Work work) {
    ArtifactRef plan =
        store.putNamed(ArtifactPaths.plan(work.batch()), ArtifactJson.pretty(work.plan()));
    ReviewBatchWorkflow workflow =
        client.newWorkflowStub(
            ReviewBatchWorkflow.class,
            WorkflowOptions.newBuilder()
                .setWorkflowId(Fleet.batchWorkflowId(work.batch()))
                .setTaskQueue(Fleet.DEFAULT.taskQueue())
                .build());
    WorkflowClient.start(
        workflow::run,
        new BatchInput(
            1,
            Fleet.DEFAULT.name(),
            work.batch(),
            manifest(store, work.batch(), work.repositories()),
            new PlanRef(plan.uri(), plan.sha256(), work.plan().name()),
            store.storeId(),
            work.window(),
            AgentKind.REHEARSAL,
            work.heartbeat(),
            BatchInput.DEFAULT_CHECKPOINT_EVERY,
            null,
            work.limits(),
            false));
  }

  private static ManifestRef manifest(ArtifactStore store, String batch, int repositories) {
    ArtifactRef bundle = store.put("no bundle is unpacked here".getBytes(UTF_8));
    try (ManifestWriter writer = new ManifestWriter(store, batch)) {
      for (int index = 0; index < repositories; index++) {
        writer.add(
            new TargetRow(
                index,
                key(batch, index),
                target(batch, index),
                TargetKind.BUNDLE,
                null,
                null,
                null,
                String.format(Locale.ROOT, "%040d", index),
                bundle,
                null,
                null,
                name(batch, index)));
      }
      var ref = writer.finish();
      return new ManifestRef(ref.uri(), ref.sha256(), Math.toIntExact(ref.count()));
    }
  }
}
