package dev.repofleet.starter.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.plan.Plan;
import dev.repofleet.e2b.local.model.ReviewOptions;
import dev.repofleet.e2b.local.model.ReviewScenario;
import dev.repofleet.e2b.local.model.ScriptedModel;
import dev.repofleet.starter.plan.PlanLoader;
import dev.repofleet.starter.testing.EventLines;
import dev.repofleet.starter.testing.Waiting;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The same job with every part a process of its own, and two workers. */
@Timeout(value = 90, unit = TimeUnit.MINUTES)
class SeparatePartsIT {
  private static final List<String> NAMES =
      List.of("amber", "birch", "cedar", "dune", "ember", "fjord");
  private static final int EXTRA_TURNS = 2;

  /** Three and the extra ones of the review, two of the follow-up: {@link ReviewScenario}. */
  private static final int CALLS = 5 + EXTRA_TURNS;

  /** Fewer than there are repositories, so that one worker alone can't take them all. */
  private static final int EACH_AT_ONCE = 3;

  private static final Duration END = Duration.ofSeconds(20);

  @TempDir Path folder = Path.of("");

  /** Where fleets run on another one, both are at work in this one. */
  private static final Map<String, String> BY_THE_TESTS_JAVA =
      Map.of(ProductCommand.JAVA_HOME, System.getProperty("java.home"));

  @Test
  void repositories_are_spread_over_two_workers_and_nothing_secret_is_seen() {
    Prerequisites.requireSandboxes();
    Path claude = Prerequisites.requireClaudeCode();
    NAMES.forEach(name -> SmallRepositories.commit(folder, name));
    ReviewOptions options =
        ReviewOptions.DEFAULTS.withExtraTurns(EXTRA_TURNS).withDelay(Duration.ofMillis(300));
    try (ScriptedModel model = ScriptedModel.start(new ReviewScenario(options));
        SeparateFleet fleet =
            new SeparateFleet(
                "SeparatePartsIT",
                folder,
                claude,
                Map.of(
                    "ANTHROPIC_BASE_URL", model.uri().toString(),
                    "ANTHROPIC_API_KEY", PlantedSecret.MODEL_KEY.value()))) {
      FleetProcess setup = fleet.start("setup", "setup");
      List<FleetProcess> launched =
          List.of(
              fleet.launchWorker("worker-1", EACH_AT_ONCE, BY_THE_TESTS_JAVA),
              fleet.launchWorker("worker-2", EACH_AT_ONCE));
      assertThat(setup.awaitExit(Waiting.LONG)).as(setup.tail()).isZero();
      List<SeparateFleet.Worker> workers = launched.stream().map(fleet::polling).toList();
      List<PlantedSecret> secrets =
          List.of(PlantedSecret.MODEL_KEY, new PlantedSecret("the sandboxes' key", fleet.key()));

      FleetProcess review = review(fleet);
      nothingSecretInArguments(model, secrets);
      assertThat(fleet.awaitEnd(review, "apart", Waiting.LONG)).as(review.tail()).isZero();
      eventsAreLinesOfJson(review);
      Results results = new Results(folder.resolve("out"));
      results.assertAllComplete(NAMES.size());
      results.assertLedger(model.ledger(), CALLS);
      bothWorked(fleet, workers, results, secrets);
      lookOn(fleet, review);
      assertThat(fleet.sandboxes()).isEmpty();
      String seen = review.out() + review.err() + results.text("batch.json") + metrics(workers);
      workersEndInTime(launched);
      secrets.forEach(secret -> secret.assertAbsentFrom("what is shown", seen));
      secrets.forEach(secret -> secret.assertAbsentFrom("the workers' logs", fleet.logs(launched)));
    }
  }

  private static FleetProcess review(SeparateFleet fleet) {
    List<String> arguments = new ArrayList<>(List.of("review", "--json", "--out", "out"));
    arguments.addAll(List.of("--batch", "apart"));
    arguments.addAll(NAMES);
    return fleet.start("review", arguments.toArray(String[]::new));
  }

  /** While an agent runs, whose key must have come to it another way. */
  private static void nothingSecretInArguments(ScriptedModel model, List<PlantedSecret> secrets) {
    Waiting.until(
        "an agent's process is seen",
        Waiting.LONG,
        () -> {
          List<String> sessions = List.copyOf(model.ledger().totalsBySession().keySet());
          Map<Long, String> before = AgentProcesses.all();
          String all = String.join("\n", before.values());
          secrets.forEach(secret -> secret.assertAbsentFrom("a process's arguments", all));
          return sessions.stream().anyMatch(all::contains);
        });
  }

  private static void eventsAreLinesOfJson(FleetProcess review) {
    List<JsonNode> lines =
        review
            .out()
            .lines()
            .map(line -> ArtifactJson.read(line, JsonNode.class, "a line of --json"))
            .toList();
    JsonNode last = lines.get(lines.size() - 1);
    assertThat(last.path("type").asText()).isEqualTo("batch");
    assertThat(last.path("status").asText()).isEqualTo("complete");
    assertThat(last.path("totals").path("complete").asInt()).isEqualTo(NAMES.size());
    assertThat(last.has("repositories")).isFalse();
    List<JsonNode> repositories = lines.subList(0, lines.size() - 1);
    assertThat(repositories)
        .allSatisfy(
            line -> {
              assertThat(line.path("type").asText()).isEqualTo("repository");
              assertThat(line.path("batch").asText()).isEqualTo("apart");
              assertThat(line.path("at").asText()).endsWith("Z");
              assertThat(line.path("stage").asText()).isNotEmpty();
            });
    assertThat(repositories)
        .filteredOn(line -> line.path("status").asText().equals("complete"))
        .extracting(line -> line.path("target").asText())
        .containsExactlyInAnyOrderElementsOf(NAMES);
  }

  private static void lookOn(SeparateFleet fleet, FleetProcess review) {
    LookingOn on = new LookingOn(fleet);
    EventLines.of(review.out());
    assertThat(on.json("list"))
        .singleElement()
        .satisfies(
            batch -> {
              assertThat(batch.path("batch").asText()).isEqualTo("apart");
              assertThat(batch.path("status").asText()).isEqualTo("complete");
              assertThat(batch.path("findings").asInt()).isPositive();
              assertThat(batch.path("costUsd").asDouble()).isPositive();
            });
    assertThat(on.json("workers")).hasSize(2);
    assertThat(on.json("status", "apart")).hasSize(NAMES.size() + 1);
    assertThat(on.json("watch", "apart")).hasSize(NAMES.size() + 1);
    assertThat(on.json("doctor"))
        .filteredOn(check -> check.path("part").asText().matches("Temporal|E2B|clock|workers"))
        .hasSize(4)
        .allSatisfy(check -> assertThat(check.path("state").asText()).isEqualTo("ok"));
    on.assertQueries(fleet.temporal().client());
    FleetProcess stranger =
        fleet.launchWorker("stranger", 1, Map.of("E2B_API_KEY", "e2b_" + "0".repeat(40)));
    assertThat(stranger.awaitExit(Waiting.LONG)).as(stranger.tail()).isEqualTo(5);
    assertThat(stranger.err()).contains("refuses the key: set E2B_API_KEY to a valid one");
  }

  private void bothWorked(
      SeparateFleet fleet,
      List<SeparateFleet.Worker> workers,
      Results results,
      List<PlantedSecret> secrets) {
    Histories histories = Histories.of(fleet.temporal().client(), "apart", results.keys());
    Map<String, Integer> runs = histories.completedRunsByWorker();
    System.out.println("Agent runs by worker: " + runs);
    assertThat(runs.values().stream().mapToInt(Integer::intValue).sum())
        .isEqualTo(2 * NAMES.size());
    for (SeparateFleet.Worker worker : workers) {
      assertThat(runs.keySet()).as("runs by worker").anyMatch(worker::is);
    }
    Plan plan = new PlanLoader(folder).load("security");
    histories.assertReplay();
    histories.assertWithout(secrets);
    histories.assertWithoutLines("the diff", results.diffLines());
    histories.assertWithoutLines("the transcript", results.transcriptLines());
    histories.assertWithoutLines("the prompt", Results.telling(plan.prompt().lines().toList()));
    histories.assertWithoutLines("the scenario", Set.of("os.system", "scripted, no model"));
  }

  private static String metrics(List<SeparateFleet.Worker> workers) {
    StringBuilder all = new StringBuilder();
    for (SeparateFleet.Worker worker : workers) {
      String answer = SeparateFleet.get(worker.metrics());
      assertThat(answer).contains("repofleet_");
      assertThat(SeparateFleet.get(worker.metrics().resolve("/healthz"))).isEqualTo("ok\n");
      all.append(answer);
    }
    return all.toString();
  }

  private static void workersEndInTime(List<FleetProcess> workers) {
    long begin = System.nanoTime();
    workers.forEach(FleetProcess::terminate);
    for (FleetProcess worker : workers) {
      assertThat(worker.awaitExit(END)).as(worker.tail()).isIn(0, 143);
    }
    System.out.printf("Two workers end after SIGTERM: %.1f s%n", (System.nanoTime() - begin) / 1e9);
  }
}
