package dev.repofleet.starter.it;

import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.ArtifactPaths;
import dev.repofleet.artifacts.ArtifactRef;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.ArtifactStores;
import dev.repofleet.artifacts.plan.Plan;
import dev.repofleet.starter.batch.BatchRecords;
import dev.repofleet.starter.out.OutFolder;
import dev.repofleet.starter.plan.PlanLoader;
import dev.repofleet.starter.target.ManifestBuilder;
import dev.repofleet.starter.target.TargetReader;
import dev.repofleet.starter.target.WantedTargets;
import dev.repofleet.starter.testing.TestProgram;
import dev.repofleet.workflows.AgentKind;
import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.PlanRef;
import dev.repofleet.workflows.batch.BatchOutcome;
import dev.repofleet.workflows.batch.ReviewBatchWorkflow;
import dev.repofleet.workflows.order.BatchLimits;
import dev.repofleet.workflows.order.ManifestRef;
import dev.repofleet.workflows.progress.BatchInput;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.api.enums.v1.PendingActivityState;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.api.workflow.v1.PendingActivityInfo;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A batch at work in a {@link SeparateFleet}, and what the server says of it. */
final class StartedBatch {
  private final SeparateFleet fleet;
  private final Path folder;
  private final String batch;
  private final List<String> keys;

  private StartedBatch(SeparateFleet fleet, Path folder, String batch, List<String> keys) {
    this.fleet = fleet;
    this.folder = folder;
    this.batch = batch;
    this.keys = keys;
  }

  /**
   * How a batch is started.
   *
   * @param plan a preset's name or a file
   * @param agent which
   * @param heartbeat timeout of runs: seconds for a test that is in a hurry
   * @param checkpoints how often the work of a running turn is saved
   */
  record Start(String plan, AgentKind agent, Duration heartbeat, Duration checkpoints) {
    /** Of the real CLI. */
    Start(String plan, Duration heartbeat, Duration checkpoints) {
      this(plan, AgentKind.CLAUDE, heartbeat, checkpoints);
    }

    /** The preset {@code security}, heartbeats of 3 s, checkpoints as by default. */
    static final Start HURRIED =
        new Start("security", Duration.ofSeconds(3), BatchInput.DEFAULT_CHECKPOINT_EVERY);
  }

  /** Starts one over repositories of this folder as {@code review} does, all of them at once. */
  static StartedBatch begin(
      SeparateFleet fleet, Path folder, String batch, List<String> repositories, Start how) {
    ArtifactStore store = store(fleet);
    Plan plan = new PlanLoader(folder).load(how.plan());
    ArtifactRef planRef = store.createNamed(ArtifactPaths.plan(batch), ArtifactJson.pretty(plan));
    List<String> keys = new ArrayList<>();
    var manifest = manifest(fleet, folder, batch, plan, repositories, keys);
    BatchInput input =
        new BatchInput(
            1,
            Fleet.DEFAULT.name(),
            batch,
            new ManifestRef(manifest.uri(), manifest.sha256(), Math.toIntExact(manifest.count())),
            new PlanRef(planRef.uri(), planRef.sha256(), plan.name()),
            store.storeId(),
            keys.size(),
            how.agent(),
            how.heartbeat(),
            how.checkpoints(),
            null,
            BatchLimits.NONE,
            // Attacked after they were reviewed undisturbed.
            false);
    ReviewBatchWorkflow workflow =
        fleet
            .temporal()
            .client()
            .newWorkflowStub(
                ReviewBatchWorkflow.class,
                WorkflowOptions.newBuilder()
                    .setWorkflowId(Fleet.batchWorkflowId(batch))
                    .setTaskQueue(Fleet.DEFAULT.taskQueue())
                    .build());
    WorkflowClient.start(workflow::run, input);
    return new StartedBatch(fleet, folder, batch, keys);
  }

  private static dev.repofleet.artifacts.target.ManifestRef manifest(
      SeparateFleet fleet,
      Path folder,
      String batch,
      Plan plan,
      List<String> repositories,
      List<String> keys) {
    TestProgram program = new TestProgram(folder);
    fleet.environment().forEach(program::with);
    try (WantedTargets targets =
        new TargetReader(program.context(), line -> {}).read(repositories, null)) {
      targets.forEach(target -> keys.add(target.key()));
      return new ManifestBuilder(FleetProcesses.environment(), store(fleet), line -> {})
          .write(batch, plan, targets);
    }
  }

  private static ArtifactStore store(SeparateFleet fleet) {
    return ArtifactStores.open(fleet.environment().getOrDefault("REPOFLEET_ARTIFACTS", ""));
  }

  /** Its id. */
  String batch() {
    return batch;
  }

  /** The keys of its repositories, in the order of the input. */
  List<String> keys() {
    return keys;
  }

  /** The id of a repository's workflow. */
  String reviewId(String key) {
    return Fleet.reviewWorkflowId(batch, key);
  }

  /** The workflow of a repository, by its key. */
  WorkflowStub review(String key) {
    return fleet.temporal().client().newUntypedWorkflowStub(Fleet.reviewWorkflowId(batch, key));
  }

  /** The workflow of the batch. */
  WorkflowStub workflow() {
    return fleet.temporal().client().newUntypedWorkflowStub(Fleet.batchWorkflowId(batch));
  }

  /** Its result; fails the test when there is none in time. */
  BatchOutcome awaitOutcome(Duration atMost) {
    try {
      return workflow().getResult(atMost.toSeconds(), TimeUnit.SECONDS, BatchOutcome.class);
    } catch (TimeoutException e) {
      StringBuilder state = new StringBuilder();
      keys.forEach(key -> state.append('\n').append(key).append(": ").append(pendingIfBegun(key)));
      throw new AssertionError(
          batch + " has not ended after " + atMost.toSeconds() + " s; pending: " + state, e);
    }
  }

  /** Whether it has ended, however. */
  boolean hasEnded() {
    return workflow().describe().getStatus()
        != WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING;
  }

  /** Whether the review of this key has ended, however. */
  boolean hasEnded(String key) {
    return review(key).describe().getStatus()
        != WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING;
  }

  /** Resets a review, as {@link SeparateFleet#reset} says. */
  void reset(String key, double where) {
    fleet.reset(reviewId(key), where);
  }

  /** What the server waits for in one review; nothing when it has ended or has not begun. */
  List<PendingActivityInfo> pending(String key) {
    return fleet.pending(Fleet.reviewWorkflowId(batch, key));
  }

  /** The same, and nothing for a review that the server does not know yet. */
  List<PendingActivityInfo> pendingIfBegun(String key) {
    try {
      return pending(key);
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() == Status.Code.NOT_FOUND) {
        return List.of();
      }
      throw e;
    }
  }

  /** The activity of this type in a review that a worker has begun. */
  Optional<PendingActivityInfo> begun(String key, String type) {
    return pendingIfBegun(key).stream()
        .filter(activity -> activity.getActivityType().getName().equals(type))
        .filter(
            activity -> activity.getState() == PendingActivityState.PENDING_ACTIVITY_STATE_STARTED)
        .findFirst();
  }

  /** The histories of the batch and of its reviews. */
  Histories histories() {
    return Histories.of(fleet.temporal().client(), batch, keys);
  }

  /** Its results, as {@code --out} shows them. */
  Results results() {
    BatchRecords records = new BatchRecords(store(fleet), batch);
    OutFolder out = OutFolder.check(folder, "out-" + batch);
    out.fill(records.batchResult().orElseThrow(), records, line -> {});
    return new Results(out.folder());
  }
}
