package dev.repofleet.starter.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.repofleet.e2b.local.model.Ledger;
import dev.repofleet.e2b.local.model.ReviewOptions;
import dev.repofleet.e2b.local.model.ReviewScenario;
import dev.repofleet.e2b.local.model.ScriptedModel;
import dev.repofleet.starter.testing.Waiting;
import dev.repofleet.workflows.progress.BatchStatus;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** SIGKILL for the worker that follows an agent: another one follows the same agent on. */
@Timeout(value = 60, unit = TimeUnit.MINUTES)
class WorkerKilledIT {
  private static final int EXTRA_TURNS = 5;

  /** Three and the extra ones of the review, two of the follow-up: {@link ReviewScenario}. */
  private static final int CALLS = 5 + EXTRA_TURNS;

  private static final Duration HEARTBEAT = Duration.ofSeconds(3);

  @TempDir Path folder = Path.of("");

  @Test
  void the_other_worker_follows_the_same_agent_to_one_result() {
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
      StartedBatch batch =
          StartedBatch.begin(
              fleet, folder, "killed", List.of("granite"), StartedBatch.Start.HURRIED);

      Set<Long> agent = killTheFollower(batch, workers, model.ledger());

      assertThat(batch.awaitOutcome(Waiting.LONG).status()).isEqualTo(BatchStatus.COMPLETE);
      assertThat(agent).as("agents before and after the kill").hasSize(1);
      oneResult(batch.results(), model.ledger());
      Histories histories = batch.histories();
      histories.assertReplay();
      assertThat(histories.completedRunsByWorker().values().stream().mapToInt(i -> i).sum())
          .as("turns that ended")
          .isEqualTo(2);
      assertThat(fleet.sandboxes()).isEmpty();
    }
  }

  /** Returns the ids of all agents of the session that were seen, before the kill and after it. */
  private static Set<Long> killTheFollower(
      StartedBatch batch, List<SeparateFleet.Worker> workers, Ledger ledger) {
    String key = batch.keys().get(0);
    Waiting.until("the agent is at work", Waiting.LONG, () -> ledger.totals().answered() >= 2);
    String session = ledger.totalsBySession().keySet().iterator().next();
    Set<Long> agents = new TreeSet<>(AgentProcesses.beginning(session));
    AtomicReference<String> identity = new AtomicReference<>("");
    Waiting.until(
        "it is followed",
        Waiting.LONG,
        () -> {
          batch.begun(key, "Run").ifPresent(run -> identity.set(run.getLastWorkerIdentity()));
          return !identity.get().isEmpty();
        });
    SeparateFleet.Worker follower =
        workers.stream().filter(worker -> worker.is(identity.get())).findFirst().orElseThrow();
    follower.process().kill();
    int calls = ledger.totals().calls();
    Duration gap =
        Waiting.until(
            "the run is followed again",
            Waiting.LONG,
            () ->
                batch
                    .begun(key, "Run")
                    .filter(run -> !follower.is(run.getLastWorkerIdentity()))
                    .isPresent());
    System.out.printf(
        "kill -9 of the worker: followed again after %.1f s (heartbeat timeout %d s); the model"
            + " was asked %d times meanwhile%n",
        gap.toMillis() / 1e3, HEARTBEAT.toSeconds(), ledger.totals().calls() - calls);
    agents.addAll(AgentProcesses.beginning(session));
    return agents;
  }

  private static void oneResult(Results results, Ledger ledger) {
    assertThat(ledger.totalsBySession()).hasSize(1);
    results.assertAllComplete(1);
    results.assertLedger(ledger, CALLS);
    JsonNode row = results.rows().get(0);
    JsonNode turns = results.review(row).path("turns");
    assertThat(turns).extracting(turn -> turn.path("incarnations").asInt()).containsExactly(1, 1);
    assertThat(results.starts(row)).as("processes of the agent, one a turn").hasSize(2);
  }
}
