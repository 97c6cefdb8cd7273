package dev.repofleet.starter.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.e2b.local.model.ReviewOptions;
import dev.repofleet.e2b.local.model.ReviewScenario;
import dev.repofleet.e2b.local.model.ScriptedModel;
import dev.repofleet.starter.testing.Waiting;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Dashboard, alert rules and JSON logs of a real fleet, the former asked of a real Prometheus. */
@Timeout(value = 60, unit = TimeUnit.MINUTES)
@Tag("long")
class DashboardIT {
  private static final Path DEPLOY = Path.of("..", "deploy").toAbsolutePath().normalize();
  private static final Path RULES = DEPLOY.resolve("prometheus/alerts.yml");
  private static final List<String> NAMES = List.of("amber", "birch", "cedar", "dune");
  private static final String FLEET = "repofleet";
  private static final int MOST_LINES = 10;

  @TempDir Path folder = Path.of("");

  @Test
  void every_panel_has_an_answer_and_no_alert_fires_while_a_fleet_works() throws IOException {
    Prerequisites.requireSandboxes();
    requirePrometheus();
    Path claude = Prerequisites.requireClaudeCode();
    NAMES.forEach(name -> SmallRepositories.commit(folder, name));
    try (ScriptedModel model = ScriptedModel.start(new ReviewScenario(ReviewOptions.DEFAULTS));
        SeparateFleet fleet =
            new SeparateFleet(
                "DashboardIT",
                folder,
                claude,
                Map.of(
                    "ANTHROPIC_BASE_URL", model.uri().toString(),
                    "ANTHROPIC_API_KEY", PlantedSecret.MODEL_KEY.value(),
                    "REPOFLEET_LOG", "json"))) {
      List<FleetProcess> launched =
          List.of(fleet.launchWorker("worker-1", 2), fleet.launchWorker("worker-2", 2));
      List<SeparateFleet.Worker> workers = launched.stream().map(fleet::polling).toList();
      try (PrometheusServer prometheus =
          new PrometheusServer(
              folder.resolve("prometheus"),
              FLEET,
              workers.stream().map(SeparateFleet.Worker::metrics).toList(),
              RULES)) {
        review(fleet);
        everyPanelAnswers(prometheus);
        noAlertFires(prometheus);
      }
      ownMetricsAreWellMade(workers);
      linesSayWhoseTheyAre(fleet.logs(launched));
      PlantedSecret.MODEL_KEY.assertAbsentFrom("the workers' logs", fleet.logs(launched));
    }
  }

  @Test
  void alert_rules_are_sound_and_fire_when_they_should() throws IOException {
    requirePrometheus();
    promtool(null, "check", "rules", RULES.toString());
    promtool(null, "test", "rules", DEPLOY.resolve("prometheus/alerts_test.yml").toString());
  }

  private static void requirePrometheus() {
    Prerequisites.require(
        Prerequisites.onPath("prometheus") && Prerequisites.onPath("promtool"),
        "needs prometheus and promtool on the PATH: Debian's package prometheus");
  }

  private static void review(SeparateFleet fleet) {
    List<String> arguments = new ArrayList<>(List.of("review", "--batch", "seen", "--json"));
    arguments.addAll(NAMES);
    FleetProcess review = fleet.start("review", arguments.toArray(String[]::new));
    assertThat(review.awaitExit(Waiting.LONG)).as(review.tail()).isZero();
  }

  /** Every expression of the page as Grafana would ask it. None is excepted. */
  private static void everyPanelAnswers(PrometheusServer prometheus) throws IOException {
    Map<String, String> left = new TreeMap<>();
    JsonNode dashboard =
        ArtifactJson.read(
            Files.readAllBytes(DEPLOY.resolve("grafana/dashboards/repofleet.json")),
            JsonNode.class,
            "repofleet.json");
    for (JsonNode panel : dashboard.path("panels")) {
      for (JsonNode target : panel.path("targets")) {
        String asked =
            target
                .path("expr")
                .asText()
                .replace("$__rate_interval", "5m")
                .replace("$__range", "10m")
                .replace("$job", ".+");
        assertThat(asked).doesNotContain("$");
        left.put(asked, panel.path("title").asText());
      }
    }
    assertThat(left).hasSizeGreaterThan(30);
    try {
      Waiting.until(
          "every panel has an answer",
          Waiting.LONG,
          () -> {
            left.keySet().removeIf(asked -> isAnswered(prometheus.query(asked)));
            return left.isEmpty();
          });
    } catch (AssertionError late) {
      throw new AssertionError("without an answer: " + left, late);
    }
  }

  /** What is no number is drawn as a gap. */
  private static boolean isAnswered(JsonNode series) {
    for (JsonNode one : series) {
      if (!one.at("/value/1").asText().equals("NaN")) {
        return true;
      }
    }
    return false;
  }

  private static void noAlertFires(PrometheusServer prometheus) {
    JsonNode rules = prometheus.data("/api/v1/rules").at("/groups/0/rules");
    assertThat(rules.size()).isGreaterThan(7);
    assertThat(rules).allSatisfy(rule -> assertThat(rule.path("health").asText()).isEqualTo("ok"));
    assertThat(prometheus.data("/api/v1/alerts").path("alerts")).isEmpty();
    assertThat(prometheus.query("max_over_time(ALERTS{alertstate=\"firing\"}[10m])")).isEmpty();
  }

  private static void ownMetricsAreWellMade(List<SeparateFleet.Worker> workers) throws IOException {
    for (SeparateFleet.Worker worker : workers) {
      String all = SeparateFleet.get(worker.metrics());
      String own =
          all.lines()
              .filter(line -> line.matches("(# (HELP|TYPE) )?repofleet_.*"))
              .collect(Collectors.joining("\n", "", "\n"));
      assertThat(own.lines().count()).isGreaterThan(100);
      promtool(own, "check", "metrics");
      System.out.printf(
          "%s: %d bytes a scrape, %d of them our own%n",
          worker.metrics(), all.length(), own.length());
    }
  }

  private static void promtool(@org.jspecify.annotations.Nullable String input, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>(List.of("promtool"));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try (var in = process.getOutputStream()) {
      if (input != null) {
        in.write(input.getBytes(StandardCharsets.UTF_8));
      }
    }
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      assertThat(process.waitFor()).as(said).isZero();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  private static void linesSayWhoseTheyAre(String logs) {
    List<JsonNode> lines =
        logs.lines()
            .filter(line -> line.startsWith("{"))
            .map(line -> ArtifactJson.read(line, JsonNode.class, "a line of the log"))
            .toList();
    Map<String, Long> byRepository =
        lines.stream()
            .filter(line -> line.path("level").asText().equals("INFO") && line.has("repository"))
            .collect(
                Collectors.groupingBy(
                    line -> line.path("repository").asText(), Collectors.counting()));
    System.out.println("INFO lines by repository: " + byRepository);
    assertThat(byRepository).hasSize(NAMES.size());
    assertThat(byRepository.values()).allMatch(count -> count <= MOST_LINES);
    assertThat(lines)
        .filteredOn(line -> line.path("activity").asText().equals("Run"))
        .isNotEmpty()
        .allSatisfy(
            line -> {
              for (String field :
                  List.of(
                      "time", "level", "message", "batch", "repository", "sandbox", "attempt")) {
                assertThat(line.path(field).asText()).as(field + " of " + line).isNotEmpty();
              }
              assertThat(line.path("workflow_id").asText())
                  .isEqualTo(
                      "review/"
                          + line.path("batch").asText()
                          + "/"
                          + line.path("repository").asText());
              assertThat(line.path("run_id").asText()).isNotEmpty();
              assertThat(line.path("batch").asText()).isEqualTo("seen");
            });
    assertThat(lines)
        .filteredOn(line -> line.has("workflow") && !line.has("activity"))
        .allSatisfy(line -> assertThat(line.path("workflow_id").asText()).isNotEmpty());
  }
}
