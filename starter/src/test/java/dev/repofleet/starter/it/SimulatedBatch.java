package dev.repofleet.starter.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.ArtifactPaths;
import dev.repofleet.artifacts.ArtifactRef;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.ManifestWriter;
import dev.repofleet.artifacts.Plan;
import dev.repofleet.artifacts.TargetKind;
import dev.repofleet.artifacts.TargetRow;
import dev.repofleet.workflows.AgentKind;
import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.PlanRef;
import dev.repofleet.workflows.batch.BatchInput;
import dev.repofleet.workflows.batch.ManifestRef;
import dev.repofleet.workflows.batch.ReviewBatchWorkflow;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowOptions;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** Starts batches over repositories that only simulated sandboxes can open. */
final class SimulatedBatch {
  private SimulatedBatch() {}

  /** Starts one over so many repositories, so many of them at once. */
  static void begin(
      WorkflowClient client, ArtifactStore store, String batch, int repositories, int window) {
    ArtifactRef plan =
        store.putNamed(
            ArtifactPaths.plan(batch),
            ArtifactJson.pretty(
                Plan.builder("test", "Review this repository.")
                    .rules(List.of("hardcoded-secret", "command-injection"))
                    .build()));
    ReviewBatchWorkflow workflow =
        client.newWorkflowStub(
            ReviewBatchWorkflow.class,
            WorkflowOptions.newBuilder()
                .setWorkflowId(Fleet.batchWorkflowId(batch))
                .setTaskQueue(Fleet.DEFAULT.taskQueue())
                .build());
    WorkflowClient.start(
        workflow::run,
        new BatchInput(
            1,
            Fleet.DEFAULT.name(),
            batch,
            manifest(store, batch, repositories),
            new PlanRef(plan.uri(), plan.sha256(), "test"),
            store.storeId(),
            window,
            AgentKind.REHEARSAL,
            Duration.ofSeconds(5),
            BatchInput.DEFAULT_CHECKPOINT_EVERY,
            null));
  }

  private static ManifestRef manifest(ArtifactStore store, String batch, int repositories) {
    ArtifactRef bundle = store.put("no bundle is unpacked here".getBytes(UTF_8));
    try (ManifestWriter writer = new ManifestWriter(store, batch)) {
      for (int index = 0; index < repositories; index++) {
        String name = batch + "-" + index;
        writer.add(
            new TargetRow(
                index,
                String.format(Locale.ROOT, "%s-%010d", name, 0),
                "./" + name,
                TargetKind.BUNDLE,
                null,
                null,
                null,
                String.format(Locale.ROOT, "%040d", index),
                bundle,
                null,
                null,
                name));
      }
      var ref = writer.finish();
      return new ManifestRef(ref.uri(), ref.sha256(), Math.toIntExact(ref.count()));
    }
  }
}
