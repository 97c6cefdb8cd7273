package dev.repofleet.starter.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.repofleet.artifacts.plan.Plan;
import dev.repofleet.e2b.local.model.ScriptedModel;
import dev.repofleet.starter.embedded.DemoSamples;
import dev.repofleet.starter.plan.PlanLoader;
import dev.repofleet.starter.testing.GitRepository;
import dev.repofleet.starter.testing.Waiting;
import dev.repofleet.workflows.progress.BatchInput;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every preset over a sample and a part of this project, through the real Claude Code CLI on a
 * scripted model: what comes of its form, nothing of its sense.
 */
@Timeout(value = 60, unit = TimeUnit.MINUTES)
@Tag("long")
class PresetsIT {
  private static final Pattern PLACE = Pattern.compile("\\{\\{[^{}]*}}");
  private static final Path SOURCES = Path.of("..", "worker", "src", "main");

  @TempDir Path folder = Path.of("");

  @Test
  void each_preset_is_asked_whole_answered_by_its_rules_and_followed_up_as_it_says() {
    Prerequisites.requireSandboxes();
    Path claude = Prerequisites.requireClaudeCode();
    List<String> repositories = List.of("orders-api", "worker");
    DemoSamples.in(folder);
    ownSources(folder.resolve("worker"));
    PresetScenario scenario = new PresetScenario();
    try (ScriptedModel model = ScriptedModel.start(scenario);
        SeparateFleet fleet =
            new SeparateFleet(
                "PresetsIT",
                folder,
                claude,
                Map.of(
                    "ANTHROPIC_BASE_URL", model.uri().toString(),
                    "ANTHROPIC_API_KEY", PlantedSecret.MODEL_KEY.value()))) {
      fleet.polling(fleet.launchWorker("worker", 4));
      long begin = System.nanoTime();
      Map<String, StartedBatch> batches = new LinkedHashMap<>();
      for (String preset : PlanLoader.PRESETS) {
        batches.put(preset, begin(fleet, preset, repositories));
      }
      batches.values().forEach(batch -> batch.awaitOutcome(Waiting.LONG));
      System.out.printf(
          "Four presets over %d repositories each: %.1f s%n",
          repositories.size(), (System.nanoTime() - begin) / 1e9);
      batches.forEach((preset, batch) -> check(preset, batch.results(), scenario));
    }
  }

  private StartedBatch begin(SeparateFleet fleet, String preset, List<String> repositories) {
    return StartedBatch.begin(
        fleet,
        folder,
        "preset-" + preset,
        repositories,
        new StartedBatch.Start(
            preset, Duration.ofSeconds(20), BatchInput.DEFAULT_CHECKPOINT_EVERY));
  }

  private void check(String preset, Results results, PresetScenario scenario) {
    Plan plan = new PlanLoader(folder).load(preset);
    results.assertAllComplete(2);
    for (JsonNode row : results.rows()) {
      JsonNode review = results.review(row);
      String session = row.path("sessionId").asText();
      assertThat(scenario.rules(session)).as("the schema's rules").isEqualTo(plan.rules());
      assertThat(review.path("findings")).as("findings").isNotEmpty();
      assertThat(review.path("findings"))
          .extracting(finding -> finding.path("ruleId").asText())
          .isSubsetOf(plan.rules());
      asked(plan.prompt(), scenario.prompts(session).get(0), row);
      assertThat(words(scenario.prompts(session).get(0)))
          .contains(
              row.path("target").asText() + " at commit " + row.path("commit").asText() + " (HEAD)",
              "folder `.` with " + fileCount(row) + " files, ");
      boolean mends = !plan.followUps().isEmpty();
      assertThat(review.path("turns"))
          .extracting(turn -> turn.path("purpose").asText())
          .isEqualTo(mends ? List.of("review", "follow_up") : List.of("review"));
      List<JsonNode> starts = results.starts(row);
      assertThat(starts.get(0).path("tools").toString()).contains("\"StructuredOutput\"");
      if (mends) {
        followedUp(plan, results, row, scenario.prompts(session));
        assertThat(starts.get(1).path("tools").toString()).doesNotContain("StructuredOutput");
      }
    }
  }

  private static void followedUp(Plan plan, Results results, JsonNode row, List<String> prompts) {
    int high = row.path("findings").path("high").asInt();
    assertThat(high).isPositive();
    assertThat(prompts).hasSize(2);
    asked(plan.followUps().get(0).prompt(), prompts.get(1), row);
    assertThat(words(prompts.get(1))).contains("There are 0 critical and " + high + " high ones");
    assertThat(results.file(row, "patch")).content().contains("repofleet scripted follow-up 1");
  }

  /** The text of the plan from its first word to its last, a fact in each place for one. */
  private static void asked(String template, String prompt, JsonNode row) {
    StringBuilder form = new StringBuilder();
    Matcher place = PLACE.matcher(template.strip());
    int end = 0;
    while (place.find()) {
      form.append(Pattern.quote(template.strip().substring(end, place.start()))).append("[^\n]+");
      end = place.end();
    }
    form.append(Pattern.quote(template.strip().substring(end)));
    assertThat(prompt).as("asked of %s", row.path("target")).matches(form.toString());
    assertThat(prompt).doesNotContain("{{", "unknown");
  }

  /** However it is wrapped. */
  private static String words(String text) {
    return text.replaceAll("\\s+", " ");
  }

  private long fileCount(JsonNode row) {
    return new GitRepository(folder.resolve(row.path("target").asText()))
        .git("ls-files")
        .lines()
        .count();
  }

  private static void ownSources(Path to) {
    GitRepository repository = GitRepository.init(to);
    try (Stream<Path> files = Files.walk(SOURCES)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path copy = to.resolve(SOURCES.relativize(file));
        Files.createDirectories(Objects.requireNonNull(copy.getParent()));
        Files.copy(file, copy);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    repository.commit("Sources of this project");
  }
}
