package dev.repofleet.worker.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.worker.testing.Inputs;
import dev.repofleet.workflows.AgentKind;
import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.PlanRef;
import dev.repofleet.workflows.RepositoryStatus;
import dev.repofleet.workflows.UsageTotals;
import dev.repofleet.workflows.WorkflowMetrics;
import dev.repofleet.workflows.activities.agent.PromptKind;
import dev.repofleet.workflows.activities.agent.TurnOutcome;
import dev.repofleet.workflows.activities.report.RepositoryReport;
import dev.repofleet.workflows.order.ReviewInput;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FleetMetricsTest {

  @Test
  void models_are_told_apart_and_what_an_agent_makes_up_is_not() {
    try (FleetMetrics metrics = new FleetMetrics()) {
      metrics.turnEnded(turn("claude-model-1", 10));
      metrics.turnEnded(turn("claude-model-1", 5));
      metrics.turnEnded(turn("a model\"} 1\n", 3));
      metrics.turnEnded(turn(null, 1));
      for (int i = 0; i < 100; i++) {
        metrics.turnEnded(turn("made-up-" + i, 1));
      }
      String told = metrics.scrape();
      assertThat(told)
          .contains(
              "repofleet_agent_tokens_total{kind=\"input\",model=\"claude-model-1\"} 15.0",
              "repofleet_agent_tokens_total{kind=\"input\",model=\"none\"} 1.0",
              "repofleet_agent_cost_usd_total{model=\"claude-model-1\"} 0.5");
      assertThat(told.lines().filter(line -> line.contains("kind=\"input\"")).count())
          .isEqualTo(32);
      assertThat(told).contains("kind=\"input\",model=\"other\"} 74.0");
    }
  }

  @Test
  void the_page_lists_every_metric_with_its_tags() throws IOException {
    Map<String, String> page = new TreeMap<>();
    Pattern row = Pattern.compile("\\| `(repofleet_\\w+)` \\| (\\w+)[^|]*\\| ([^|]*)\\|.*");
    for (String line : Files.readAllLines(Path.of("..", "docs", "metrics.md"))) {
      Matcher found = row.matcher(line);
      if (found.matches()) {
        String tags =
            Pattern.compile("`(\\w+)`")
                .matcher(found.group(3))
                .results()
                .map(tag -> tag.group(1))
                .sorted()
                .collect(Collectors.joining(","));
        page.put(found.group(1), found.group(2) + " " + tags);
      }
    }
    try (FleetMetrics metrics = new FleetMetrics()) {
      metrics.turnEnded(turn("m", 1));
      metrics.sandboxRefused(Cause.SANDBOX_QUOTA);
      metrics.repositoryEnded(ended());
      assertThat(told(metrics.scrape())).isEqualTo(page);
    }
  }

  private static RepositoryReport ended() {
    ReviewInput review =
        Inputs.review(
            "b",
            0,
            "k",
            Inputs.target("owner/name", "https://github.com/owner/name", null),
            new PlanRef("artifact:batches/b/plan.json", "0".repeat(64), "security"),
            AgentKind.CLAUDE);
    return new RepositoryReport(
        review,
        RepositoryStatus.COMPLETE,
        null,
        null,
        null,
        "session",
        null,
        null,
        List.of(),
        null,
        null,
        1000,
        9000,
        7500,
        Map.of("clone", 100L));
  }

  /** Kind and tags of each of our own. */
  private static Map<String, String> told(String scrape) {
    Map<String, String> kinds = new TreeMap<>();
    Pattern.compile("# TYPE (repofleet_\\w+) (\\w+)")
        .matcher(scrape)
        .results()
        .forEach(type -> kinds.put(type.group(1), type.group(2)));
    kinds.keySet().removeIf(name -> name.endsWith("_max"));
    Map<String, String> all = new TreeMap<>();
    kinds.forEach(
        (name, kind) -> {
          String line =
              scrape
                  .lines()
                  .filter(each -> each.matches(name + "(_count)?(\\{.*)? .*"))
                  .findFirst()
                  .orElse("");
          String tags =
              Pattern.compile("(\\w+)=\"")
                  .matcher(line)
                  .results()
                  .map(tag -> tag.group(1))
                  .sorted()
                  .collect(Collectors.joining(","));
          all.put(name, kind + " " + tags);
        });
    return all;
  }

  private static TurnOutcome turn(@Nullable String model, long tokens) {
    return Inputs.ended(
        0,
        PromptKind.REVIEW,
        new UsageTotals(tokens, 0, 0, 0, 0.25, UsageTotals.CostSource.REPORTED),
        model);
  }

  @Test
  void a_look_counts_for_five_minutes_since_the_next_may_be_another_workers() {
    AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 1);
    try (FleetMetrics metrics = new FleetMetrics(clock::get)) {
      assertThat(metrics.scrape()).contains("repofleet_sandboxes_leaked 0.0");
      metrics.poolLookedAt(7, 2, 3, 11, null);
      assertThat(metrics.scrape())
          .contains(
              "repofleet_sandboxes_leased 7.0",
              "repofleet_sandboxes_warm 2.0",
              "repofleet_pool_waiting 11.0");
      clock.addAndGet(Duration.ofMinutes(5).toNanos());
      assertThat(metrics.scrape()).contains("repofleet_sandboxes_leaked 3.0");
      clock.incrementAndGet();
      assertThat(metrics.scrape())
          .contains("repofleet_sandboxes_leaked 0.0", "repofleet_pool_waiting 0.0");
    }
  }

  @Test
  void a_pool_that_is_held_is_told_by_the_cause_or_as_one_that_is_not_known() {
    try (FleetMetrics metrics = new FleetMetrics()) {
      metrics.poolLookedAt(0, 0, 0, 1, Cause.MODEL_CREDIT.sentence());
      assertThat(metrics.scrape())
          .contains(
              "repofleet_pool_held{cause=\"model_auth\"} 0.0",
              "repofleet_pool_held{cause=\"model_credit\"} 1.0",
              "repofleet_pool_held{cause=\"other\"} 0.0");
      metrics.poolLookedAt(0, 0, 0, 1, "in words of another version");
      assertThat(metrics.scrape())
          .contains(
              "repofleet_pool_held{cause=\"model_credit\"} 0.0",
              "repofleet_pool_held{cause=\"other\"} 1.0");
      metrics.poolLookedAt(0, 0, 0, 1, null);
      assertThat(metrics.scrape()).contains("repofleet_pool_held{cause=\"other\"} 0.0");
    }
  }

  @Test
  void open_batches_that_said_how_they_stand_are_believed_as_long() {
    AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 1);
    try (FleetMetrics metrics = new FleetMetrics(clock::get)) {
      metrics.workLookedAt(40, 10);
      assertThat(metrics.scrape())
          .contains("repofleet_repositories_queued 40.0", "repofleet_repositories_running 10.0");
      clock.addAndGet(Duration.ofMinutes(5).toNanos() + 1);
      assertThat(metrics.scrape()).contains("repofleet_repositories_queued 0.0");
    }
  }

  @Test
  void what_workflow_code_measures_comes_through_the_sdk_without_its_tags() {
    try (FleetMetrics metrics = new FleetMetrics()) {
      metrics
          .instrument(WorkflowServiceStubsOptions.newBuilder())
          .build()
          .getMetricsScope()
          .tagged(Map.of("namespace", "default", "workflow_type", "RepositoryReview"))
          .timer(WorkflowMetrics.PERMIT_WAIT)
          .record(com.uber.m3.util.Duration.ofSeconds(10));
      assertThat(metrics.scrape())
          .contains(
              "# HELP repofleet_permit_wait_seconds Time that reviews waited for a permit",
              "repofleet_permit_wait_seconds_bucket{le=\"5.0\"} 0\n",
              "repofleet_permit_wait_seconds_bucket{le=\"15.0\"} 1\n",
              "repofleet_permit_wait_seconds_sum 10.0\n")
          .doesNotContain("namespace=");
    }
  }

  @Test
  void what_alerts_watch_is_there_before_it_happens() {
    try (FleetMetrics metrics = new FleetMetrics()) {
      assertThat(metrics.scrape())
          .contains(
              "repofleet_e2b_key_refused_total 0.0",
              "repofleet_agent_turns_total{cause=\"model_auth\"} 0.0",
              "repofleet_repositories_total{cause=\"internal\",status=\"failed\"} 0.0",
              "repofleet_repositories_total{cause=\"agent_timeout\",status=\"partial\"} 0.0",
              "repofleet_repositories_total{cause=\"schema_invalid\",status=\"unstructured\"} 0.0",
              "repofleet_sandboxes_refused_total{cause=\"sandbox_quota\"} 0.0");
      metrics.e2bKeyRefused();
      assertThat(metrics.scrape()).contains("repofleet_e2b_key_refused_total 1.0");
    }
  }
}
