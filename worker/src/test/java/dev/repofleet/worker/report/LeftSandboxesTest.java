package dev.repofleet.worker.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.ArtifactStores;
import dev.repofleet.e2b.E2bClient;
import dev.repofleet.e2b.E2bOptions;
import dev.repofleet.e2b.SandboxInfo;
import dev.repofleet.e2b.SandboxQuery;
import dev.repofleet.e2b.SandboxSpec;
import dev.repofleet.e2b.local.LocalSandboxOptions;
import dev.repofleet.e2b.local.LocalSandboxServer;
import dev.repofleet.e2b.local.simulated.Simulation;
import dev.repofleet.worker.activity.AttemptTime;
import dev.repofleet.worker.connection.SandboxLayout;
import dev.repofleet.worker.plan.PlanSource;
import dev.repofleet.workflows.AgentKind;
import dev.repofleet.workflows.activities.batch.ReconcileInput;
import dev.repofleet.workflows.client.LeaseLabels;
import dev.repofleet.workflows.progress.RunningRepository;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.testing.TestWorkflowEnvironment;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of the sandboxes of a review that was terminated. */
class LeftSandboxesTest {
  private static final String REVIEW = "review/b/k";
  private static final String LEASE = REVIEW + ":0";

  @TempDir private Path folder;
  private LocalSandboxServer server;
  private E2bClient client;
  private final TestWorkflowEnvironment temporal = TestWorkflowEnvironment.newInstance();

  @BeforeEach
  void open() throws IOException {
    server =
        new LocalSandboxServer(
                LocalSandboxOptions.builder(folder.resolve("sandboxes"))
                    .simulate(Simulation.standard())
                    .build())
            .start();
    client = new E2bClient(E2bOptions.fromEnvironment(server.environment()));
  }

  @AfterEach
  void close() {
    temporal.close();
    client.close();
    server.close();
  }

  private String sandbox(String run) {
    SandboxSpec spec =
        SandboxSpec.builder()
            .template("claude")
            .timeout(Duration.ofMinutes(5))
            .metadata(LeaseLabels.FLEET, "repofleet")
            .metadata(LeaseLabels.WORKFLOW, REVIEW)
            .metadata(LeaseLabels.RUN, run)
            .metadata(LeaseLabels.LEASE, LEASE)
            .build();
    return client.create(spec).sandboxId();
  }

  /** As the script that cleans a sandbox leaves it. */
  private void returned(String sandboxId) {
    client
        .connect(sandboxId, Duration.ofMinutes(5))
        .withUser(SandboxLayout.ROOT)
        .files()
        .write(SandboxLayout.STATE + "/cleaned", (LEASE + "\n").getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void itsOwnAreDeletedAndWhatItHadGivenBackOrAnotherRunHasStays() {
    temporal.start();
    WorkflowClient workflows = temporal.getWorkflowClient();
    WorkflowStub review =
        workflows.newUntypedWorkflowStub(
            "RepositoryReview",
            WorkflowOptions.newBuilder().setWorkflowId(REVIEW).setTaskQueue("nobody").build());
    String run = review.start(ReviewReports.review(0, "k", AgentKind.CLAUDE)).getRunId();
    String left = sandbox(run);
    String usedAgain = sandbox(run);
    String anotherRuns = sandbox("another");
    returned(usedAgain);
    review.terminate("by a person");

    ArtifactStore store = ArtifactStores.open(folder.resolve("store").toString());
    new BatchActivitiesImpl(
            store,
            new PlanSource(store),
            workflows,
            client,
            Map.of(),
            () -> AttemptTime.of(Duration.ZERO))
        .reconcile(new ReconcileInput("b", List.of(new RunningRepository(0, "k")), "repofleet"));

    Stream<String> there = client.list(SandboxQuery.all()).stream().map(SandboxInfo::sandboxId);
    assertThat(there).as("without %s", left).containsExactlyInAnyOrder(usedAgain, anotherRuns);
  }
}
