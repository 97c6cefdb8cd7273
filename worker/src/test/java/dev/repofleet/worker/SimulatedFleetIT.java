package dev.repofleet.worker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.ArtifactRef;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.ArtifactStores;
import dev.repofleet.artifacts.plan.Approval;
import dev.repofleet.artifacts.plan.FollowUp;
import dev.repofleet.artifacts.plan.Plan;
import dev.repofleet.artifacts.target.ManifestWriter;
import dev.repofleet.artifacts.target.TargetKind;
import dev.repofleet.artifacts.target.TargetRow;
import dev.repofleet.e2b.E2bClient;
import dev.repofleet.e2b.E2bOptions;
import dev.repofleet.e2b.SandboxQuery;
import dev.repofleet.e2b.local.LocalSandboxOptions;
import dev.repofleet.e2b.local.LocalSandboxServer;
import dev.repofleet.e2b.local.simulated.AgentScript;
import dev.repofleet.e2b.local.simulated.Simulation;
import dev.repofleet.worker.testing.Inputs;
import dev.repofleet.workflows.AgentKind;
import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.PlanRef;
import dev.repofleet.workflows.RepositoryStatus;
import dev.repofleet.workflows.batch.BatchOutcome;
import dev.repofleet.workflows.batch.ReviewBatchWorkflow;
import dev.repofleet.workflows.order.ManifestRef;
import dev.repofleet.workflows.progress.BatchInput;
import dev.repofleet.workflows.progress.BatchStatus;
import io.temporal.client.WorkflowOptions;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole reviews against simulated sandboxes: the simulator answers all that the worker asks. */
class SimulatedFleetIT {
  private static final int TARGETS = 20;
  private static final Duration AGENT = Duration.ofSeconds(2);

  @TempDir Path folder;

  @SuppressWarnings("try") // the worker only has to be there
  @Test
  void everyReviewOfASimulatedBatchIsComplete() throws Exception {
    ArtifactStore store = ArtifactStores.open(folder.resolve("artifacts").toString());
    Simulation simulation = Simulation.standard().withAgent(new AgentScript(AGENT, 6, 400, 3));
    try (LocalSandboxServer server =
            new LocalSandboxServer(
                    LocalSandboxOptions.builder(folder.resolve("sandboxes"))
                        .simulate(simulation)
                        .quota(TARGETS)
                        .build())
                .start();
        TestWorkflowEnvironment temporal =
            TestWorkflowEnvironment.newInstance(
                TestEnvironmentOptions.newBuilder().setUseTimeskipping(false).build())) {
      E2bOptions e2b = E2bOptions.fromEnvironment(server.environment());
      BatchOutcome outcome;
      try (FleetWorker worker =
          FleetWorker.start(
              FleetWorkerOptions.builder()
                  .client(temporal.getWorkflowClient())
                  .e2b(e2b)
                  .store(store)
                  .build())) {
        outcome =
            temporal
                .getWorkflowClient()
                .newWorkflowStub(
                    ReviewBatchWorkflow.class,
                    WorkflowOptions.newBuilder()
                        .setWorkflowId(Fleet.batchWorkflowId("b1"))
                        .setTaskQueue(Fleet.DEFAULT.taskQueue())
                        .build())
                .run(input(store));
      }
      assertThat(outcome.tally().count(RepositoryStatus.COMPLETE))
          .as(new String(store.read(outcome.reportUri(), 1 << 22), UTF_8))
          .isEqualTo(TARGETS);
      assertThat(outcome.status()).isEqualTo(BatchStatus.COMPLETE);
      String review =
          new String(store.read("artifact:reviews/b1/t0-0000000000/review.json", 1 << 20), UTF_8);
      assertThat(review).contains("Simulated finding 3", "\"simulated\"");
      try (E2bClient client = new E2bClient(e2b)) {
        assertThat(client.list(SandboxQuery.all())).isEmpty();
      }
    }
  }

  private BatchInput input(ArtifactStore store) throws Exception {
    ArtifactRef plan =
        store.putNamed(
            "batches/b1/plan.json",
            ArtifactJson.pretty(
                Plan.builder("test", "Review this repository.")
                    .rules(List.of("hardcoded-secret", "command-injection"))
                    .followUps(
                        List.of(new FollowUp("Fix the findings.", "findings > 0", Approval.NONE)))
                    .build()));
    ArtifactRef bundle = store.put("no bundle is unpacked here".getBytes(UTF_8));
    ManifestRef manifest;
    try (ManifestWriter writer = new ManifestWriter(store, "b1")) {
      for (int index = 0; index < TARGETS; index++) {
        String name = "t" + index;
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
      dev.repofleet.artifacts.target.ManifestRef ref = writer.finish();
      manifest = new ManifestRef(ref.uri(), ref.sha256(), Math.toIntExact(ref.count()));
    }
    return Inputs.batch(
        "b1",
        manifest,
        new PlanRef(plan.uri(), plan.sha256(), "test"),
        store.storeId(),
        TARGETS,
        AgentKind.REHEARSAL);
  }
}
