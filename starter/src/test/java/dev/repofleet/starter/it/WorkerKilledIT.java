package dev.repofleet.starter.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.ArtifactPaths;
import dev.repofleet.artifacts.ArtifactRef;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.ArtifactStores;
import dev.repofleet.artifacts.Plan;
import dev.repofleet.e2b.local.model.Ledger;
import dev.repofleet.e2b.local.model.ReviewOptions;
import dev.repofleet.e2b.local.model.ReviewScenario;
import dev.repofleet.e2b.local.model.ScriptedModel;
import dev.repofleet.starter.plan.PlanLoader;
import dev.repofleet.starter.review.BatchRecords;
import dev.repofleet.starter.review.OutFolder;
import dev.repofleet.starter.target.ManifestBuilder;
import dev.repofleet.starter.target.TargetReader;
import dev.repofleet.starter.target.WantedTarget;
import dev.repofleet.starter.testing.TestProgram;
import dev.repofleet.workflows.AgentKind;
import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.PlanRef;
import dev.repofleet.workflows.batch.BatchInput;
import dev.repofleet.workflows.batch.BatchOutcome;
import dev.repofleet.workflows.batch.BatchStatus;
import dev.repofleet.workflows.batch.ManifestRef;
import dev.repofleet.workflows.batch.ReviewBatchWorkflow;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.enums.v1.PendingActivityState;
import io.temporal.api.workflow.v1.PendingActivityInfo;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionRequest;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** SIGKILL for the worker that follows an agent: another one follows the same agent on. */
@Timeout(value = 300, unit = TimeUnit.SECONDS)
class WorkerKilledIT {
  private static final String BATCH = "killed";
  private static final int EXTRA_TURNS = 5;

  /** Three and the extra ones of the review, two of the follow-up: {@link ReviewScenario}. */
  private static final int CALLS = 5 + EXTRA_TURNS;

  private static final Duration HEARTBEAT = Duration.ofSeconds(3);
  private static final Duration SOON = Duration.ofMinutes(1);

  private static final PendingActivityState STARTED =
      PendingActivityState.PENDING_ACTIVITY_STATE_STARTED;

  @TempDir Path folder = Path.of("");

  @Test
  void the_other_worker_follows_the_same_agent_to_one_result() throws Exception {
    Prerequisites.requireSandboxes();
    Path claude = Prerequisites.requireClaudeCode();
    SmallRepositories.commit(folder, "granite");
    ReviewOptions options =
        ReviewOptions.DEFAULTS.withExtraTurns(EXTRA_TURNS).withDelay(Duration.ofSeconds(1));
    try (ScriptedModel model = ScriptedModel.start(new ReviewScenario(options));
        SeparateFleet fleet =
            new SeparateFleet(
                "WorkerKilledIT",
                folder,
                claude,
                Map.of(
                    "ANTHROPIC_BASE_URL", model.uri().toString(),
                    "ANTHROPIC_API_KEY", PlantedSecret.MODEL_KEY.value()))) {
      List<FleetProcess> launched =
          List.of(fleet.launchWorker("worker-1", 10), fleet.launchWorker("worker-2", 10));
      List<SeparateFleet.Worker> workers = launched.stream().map(fleet::polling).toList();
      WantedTarget target = target(fleet);
      WorkflowStub batch = start(fleet, target);
      String review = Fleet.reviewWorkflowId(BATCH, target.key());

      Set<Long> agent = killTheFollower(fleet, workers, review, model.ledger());
      BatchOutcome outcome = batch.getResult(120, TimeUnit.SECONDS, BatchOutcome.class);

      assertThat(outcome.status()).isEqualTo(BatchStatus.COMPLETE);
      assertThat(agent).as("agents before and after the kill").hasSize(1);
      oneResult(fleet, model.ledger());
      Histories histories = Histories.of(fleet.temporal().client(), BATCH, List.of(target.key()));
      histories.assertReplay();
      assertThat(histories.completedRunsByWorker().values().stream().mapToInt(i -> i).sum())
          .as("turns that ended")
          .isEqualTo(2);
      assertThat(fleet.sandboxes()).isEmpty();
    }
  }

  private WantedTarget target(SeparateFleet fleet) {
    TestProgram program = new TestProgram(folder);
    fleet.environment().forEach(program::with);
    return new TargetReader(program.context(), line -> {}).read(List.of("granite"), null).get(0);
  }

  private static ArtifactStore store(SeparateFleet fleet) {
    return ArtifactStores.open(fleet.environment().getOrDefault("REPOFLEET_ARTIFACTS", ""));
  }

  /** As {@code review} does, but with a heartbeat timeout for a test that is in a hurry. */
  private WorkflowStub start(SeparateFleet fleet, WantedTarget target) {
    ArtifactStore store = store(fleet);
    Plan plan = new PlanLoader(folder).load("security");
    ArtifactRef planRef = store.createNamed(ArtifactPaths.plan(BATCH), ArtifactJson.pretty(plan));
    var manifest =
        new ManifestBuilder(FleetProcesses.environment(), store, line -> {})
            .write(BATCH, List.of(target));
    BatchInput input =
        new BatchInput(
            1,
            Fleet.DEFAULT.name(),
            BATCH,
            new ManifestRef(manifest.uri(), manifest.sha256(), Math.toIntExact(manifest.count())),
            new PlanRef(planRef.uri(), planRef.sha256(), plan.name()),
            store.storeId(),
            1,
            AgentKind.CLAUDE,
            HEARTBEAT,
            BatchInput.DEFAULT_CHECKPOINT_EVERY,
            null);
    ReviewBatchWorkflow workflow =
        fleet
            .temporal()
            .client()
            .newWorkflowStub(
                ReviewBatchWorkflow.class,
                WorkflowOptions.newBuilder()
                    .setWorkflowId(Fleet.batchWorkflowId(BATCH))
                    .setTaskQueue(Fleet.DEFAULT.taskQueue())
                    .build());
    WorkflowClient.start(workflow::run, input);
    return WorkflowStub.fromTyped(workflow);
  }

  /** Returns the ids of all agents of the session that were seen, before the kill and after it. */
  private static Set<Long> killTheFollower(
      SeparateFleet fleet, List<SeparateFleet.Worker> workers, String review, Ledger ledger) {
    Waiting.until("the agent is at work", SOON, () -> ledger.totals().answered() >= 2);
    String session = ledger.totalsBySession().keySet().iterator().next();
    Set<Long> agents = new TreeSet<>(AgentProcesses.beginning(session).keySet());
    String identity = run(fleet, review).orElseThrow().getLastWorkerIdentity();
    SeparateFleet.Worker follower =
        workers.stream().filter(worker -> worker.is(identity)).findFirst().orElseThrow();
    follower.process().kill();
    int calls = ledger.totals().calls();
    Duration gap =
        Waiting.until(
            "the run is followed again",
            SOON,
            () ->
                run(fleet, review)
                    .filter(run -> run.getState() == STARTED)
                    .filter(run -> !follower.is(run.getLastWorkerIdentity()))
                    .isPresent());
    System.out.printf(
        "kill -9 of the worker: followed again after %.1f s (heartbeat timeout %d s); the model"
            + " was asked %d times meanwhile%n",
        gap.toMillis() / 1e3, HEARTBEAT.toSeconds(), ledger.totals().calls() - calls);
    agents.addAll(AgentProcesses.beginning(session).keySet());
    return agents;
  }

  private static Optional<PendingActivityInfo> run(SeparateFleet fleet, String review) {
    return fleet
        .temporal()
        .client()
        .getWorkflowServiceStubs()
        .blockingStub()
        .describeWorkflowExecution(
            DescribeWorkflowExecutionRequest.newBuilder()
                .setNamespace(fleet.temporal().namespace())
                .setExecution(WorkflowExecution.newBuilder().setWorkflowId(review))
                .build())
        .getPendingActivitiesList()
        .stream()
        .filter(activity -> activity.getActivityType().getName().equals("Run"))
        .findFirst();
  }

  private void oneResult(SeparateFleet fleet, Ledger ledger) throws IOException {
    BatchRecords records = new BatchRecords(store(fleet), BATCH);
    OutFolder out = OutFolder.check(folder, "out");
    out.fill(records.batchResult().orElseThrow(), records, line -> {});
    Results results = new Results(out.folder());
    assertThat(ledger.totalsBySession()).hasSize(1);
    results.assertAllComplete(1);
    results.assertLedger(ledger, CALLS);
    JsonNode row = results.rows().get(0);
    JsonNode turns = results.review(row).path("turns");
    assertThat(turns).extracting(turn -> turn.path("incarnations").asInt()).containsExactly(1, 1);
    assertThat(results.starts(row)).as("processes of the agent, one a turn").hasSize(2);
  }
}
