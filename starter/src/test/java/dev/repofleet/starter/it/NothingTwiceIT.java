package dev.repofleet.starter.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.repofleet.starter.testing.GitRepository;
import dev.repofleet.starter.testing.Waiting;
import dev.repofleet.workflows.Fleet;
import io.temporal.api.enums.v1.EventType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The same repositories in batch after batch: what did not change is paid for once. */
@Timeout(value = 60, unit = TimeUnit.MINUTES)
@Tag("long")
class NothingTwiceIT {
  private static final List<String> NAMES = List.of("amber", "birch");
  private static final String ALL_BUT_ESTIMATES = "WorkflowType != 'BatchEstimate'";

  @TempDir Path folder = Path.of("");

  @Test
  void what_is_unchanged_costs_nothing_until_it_changes_is_asked_for_or_is_forgotten()
      throws IOException {
    try (AttackedFleet fleet =
        new AttackedFleet(new AttackedFleet.Setup("NothingTwiceIT", folder, NAMES, 1, 0))) {
      assertNothingIsKnown(fleet);
      Results one = review(fleet, "one");
      one.assertAllComplete(2);
      assertCalls(fleet, 2);

      Results two = review(fleet, "two");
      assertCalls(fleet, 2);
      assertUnchanged(two.rows().get(0), two, one, 0);
      assertUnchanged(two.rows().get(1), two, one, 1);
      assertThat(two.batch().path("status").asText()).isEqualTo("complete");
      assertThat(two.batch().path("totals").path("skipped_unchanged").asInt()).isEqualTo(2);
      assertThat(two.batch().path("usage").path("costUsd").asDouble()).isZero();
      assertThat(two.batch().path("findings")).isEqualTo(one.batch().path("findings"));
      assertThat(activities(fleet, "two", two.keys().get(0)))
          .containsExactly("Resolve", "WriteReport");
      assertNoSessionThere(fleet);

      new GitRepository(folder.resolve("amber"))
          .write("src/more.py", "import os\n\nos.system(\"tar \" + input())\n")
          .commit("More of amber");
      assertAsMuchAsBefore(fleet, one);
      Results three = review(fleet, "three");
      assertCalls(fleet, 3);
      assertThat(three.rows().get(0).path("status").asText()).isEqualTo("complete");
      assertUnchanged(three.rows().get(1), three, one, 1);

      review(fleet, "four", "--no-cache").assertAllComplete(2);
      assertCalls(fleet, 5);

      Results five = review(fleet, "five");
      assertCalls(fleet, 5);
      assertThat(original(five.review(five.rows().get(0)))).isEqualTo("four");

      remove(folder.resolve("artifacts/reviews/four"));
      review(fleet, "six").assertAllComplete(2);
      assertCalls(fleet, 7);
      assertThat(five.text("report.md")).contains("unchanged since batch four");
    }
  }

  private void assertNothingIsKnown(AttackedFleet fleet) {
    List<JsonNode> lines = dryRun(fleet, NAMES);
    assertThat(lines.get(0).path("action").asText()).isEqualTo("review");
    assertThat(lines.get(0).path("bundleBytes").asLong()).isPositive();
    assertThat(lines.get(0).has("p50Usd")).isFalse();
    assertThat(lines.get(2).has("p50Usd")).isFalse();
    assertThat(lines.get(2).path("maxUsd").asDouble()).isEqualTo(4.00);
    assertThat(fleet.fleet().temporal().client().countWorkflows(ALL_BUT_ESTIMATES).getCount())
        .as("not even a pool")
        .isZero();
    assertThat(folder.resolve("artifacts/batches")).doesNotExist();
    assertCalls(fleet, 0);
  }

  /** One has a new commit, one is unchanged, and one has no such branch. */
  private void assertAsMuchAsBefore(AttackedFleet fleet, Results one) {
    List<JsonNode> lines = dryRun(fleet, List.of("amber", "birch", "amber@nowhere"));
    double cost = one.rows().get(0).path("costUsd").asDouble();
    JsonNode amber = lines.get(0);
    assertThat(cost).isPositive();
    assertThat(amber.path("action").asText()).isEqualTo("review");
    assertThat(amber.path("p50Usd").asDouble()).isCloseTo(cost, within(1e-6));
    assertThat(amber.path("basis").path("of").asText()).isEqualTo("repository");
    assertThat(amber.path("basis").path("plan").asText()).isEqualTo("same");
    assertThat(amber.path("basis").path("reviews").asInt()).isEqualTo(1);
    assertThat(amber.path("files").asInt()).isPositive();
    assertThat(amber.path("commit")).isNotEqualTo(one.rows().get(0).path("commit"));
    assertThat(lines.get(1).path("action").asText()).isEqualTo("skip");
    assertThat(lines.get(1).path("unchangedSince").asText()).isEqualTo("one");
    assertThat(lines.get(2).path("cause").asText()).isEqualTo("git_not_found");
    assertThat(lines.get(3).path("type").asText()).isEqualTo("estimate_summary");
    assertThat(lines.get(3).path("p90Usd").asDouble()).isCloseTo(cost, within(1e-6));
    assertThat(lines.get(3).path("seconds").asLong()).isPositive();
    assertThat(folder.resolve("artifacts/batches").toFile().list())
        .containsExactlyInAnyOrder("one", "two");
    assertCalls(fleet, 2);
  }

  private static List<JsonNode> dryRun(AttackedFleet fleet, List<String> targets) {
    List<String> arguments = new ArrayList<>(List.of("review", "--dry-run"));
    arguments.addAll(targets);
    return new LookingOn(fleet.fleet()).json(arguments.toArray(String[]::new));
  }

  private Results review(AttackedFleet fleet, String batch, String... more) {
    List<String> arguments = new ArrayList<>(List.of("review", "--batch", batch));
    arguments.addAll(List.of("--out", "out-" + batch));
    arguments.addAll(List.of(more));
    arguments.addAll(NAMES);
    FleetProcess review = fleet.fleet().start(batch, arguments.toArray(String[]::new));
    assertThat(review.awaitExit(Waiting.LONG)).as(review.tail()).isZero();
    if (batch.equals("two")) {
      assertThat(review.out())
          .contains("2 repositories unchanged since batch one: nothing was run");
    }
    return new Results(folder.resolve("out-" + batch));
  }

  private static void assertCalls(AttackedFleet fleet, int reviews) {
    assertThat(fleet.ledger().calls())
        .as("the model's calls for %d reviews", reviews)
        .hasSize(reviews * fleet.calls());
  }

  private static void assertUnchanged(JsonNode row, Results results, Results before, int index) {
    JsonNode review = results.review(row);
    JsonNode original = before.review(before.rows().get(index));
    assertThat(row.path("status").asText()).isEqualTo("skipped_unchanged");
    assertThat(row.hasNonNull("cause")).isFalse();
    assertThat(row.path("costUsd").asDouble()).isZero();
    assertThat(row.path("message").asText())
        .isEqualTo("unchanged since batch one: nothing was run");
    assertThat(review.hasNonNull("sessionId")).isFalse();
    assertThat(original(review)).isEqualTo("one");
    assertThat(review.path("cache").path("key")).isEqualTo(original.path("cache").path("key"));
    assertThat(original.path("cache").path("hit").asBoolean(true)).isFalse();
    for (String same : List.of("coverage", "summary", "treeHash", "agent")) {
      assertThat(review.path(same)).as(same).isEqualTo(original.path(same));
    }
    assertThat(review.path("findings")).isNotEmpty();
    assertThat(withoutLifecycle(review)).isEqualTo(withoutLifecycle(original));
    assertThat(review.at("/findings/0/lifecycle/state").asText()).isEqualTo("persisting");
    for (String file : List.of("patch", "transcript", "events")) {
      assertThat(results.file(row, file))
          .hasSameBinaryContentAs(before.file(before.rows().get(index), file));
    }
  }

  /** What stands is the same; that it still does is told. */
  private static JsonNode withoutLifecycle(JsonNode review) {
    JsonNode findings = review.path("findings").deepCopy();
    findings.forEach(finding -> ((ObjectNode) finding).remove("lifecycle"));
    return findings;
  }

  private static String original(JsonNode review) {
    assertThat(review.path("cache").path("hit").asBoolean()).isTrue();
    return review.path("cache").path("original").path("batch").asText();
  }

  private static List<String> activities(AttackedFleet fleet, String batch, String key) {
    return fleet
        .fleet()
        .temporal()
        .client()
        .fetchHistory(Fleet.reviewWorkflowId(batch, key))
        .getEvents()
        .stream()
        .filter(event -> event.getEventType() == EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED)
        .map(event -> event.getActivityTaskScheduledEventAttributes().getActivityType().getName())
        .toList();
  }

  private static void assertNoSessionThere(AttackedFleet fleet) {
    FleetProcess followUp = fleet.fleet().start("follow-up", "follow-up", "two", "amber", "More.");
    assertThat(followUp.awaitExit(Waiting.LONG)).as(followUp.tail()).isEqualTo(2);
    assertThat(followUp.err())
        .contains("amber is unchanged since batch one", "`repofleet follow-up one amber-");
    FleetProcess logs = fleet.fleet().start("logs", "logs", "two", "amber");
    assertThat(logs.awaitExit(Waiting.LONG)).as(logs.tail()).isZero();
    assertThat(logs.err()).contains("amber: unchanged since batch one: nothing was run");
  }

  private static void remove(Path reviews) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.walk(reviews)) {
      files = all.filter(Files::isRegularFile).toList();
    }
    assertThat(files).isNotEmpty();
    for (Path file : files) {
      Files.delete(file);
    }
  }
}
