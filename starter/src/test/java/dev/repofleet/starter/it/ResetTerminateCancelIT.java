package dev.repofleet.starter.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.repofleet.e2b.local.model.Ledger;
import dev.repofleet.starter.testing.Waiting;
import io.temporal.client.WorkflowFailedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a person can do to workflows in Temporal's UI, while agents work. */
@Order(1)
@Timeout(value = 60, unit = TimeUnit.MINUTES)
class ResetTerminateCancelIT {
  private static final int EXTRA_TURNS = 5;
  private static final Duration DELAY = Duration.ofMillis(2500);

  @TempDir static Path folder = Path.of("");

  private static @Nullable AttackedFleet fleet;

  private final AttackedFleet attacked = Objects.requireNonNull(fleet);

  /** Sessions of the tests before this one. */
  private final Set<String> earlier = Set.copyOf(attacked.ledger().totalsBySession().keySet());

  @BeforeAll
  static void startTheFleet() {
    fleet =
        new AttackedFleet(
            new AttackedFleet.Setup(
                "ResetTerminateCancelIT", folder, Attack.names(5), 2, EXTRA_TURNS));
  }

  @AfterAll
  static void stopTheFleet() {
    if (fleet != null) {
      fleet.close();
    }
  }

  @Test
  void every_repository_ends_once_whatever_is_done_to_its_review() {
    StartedBatch batch = attacked.begin("buttons", DELAY);
    awaitAgents(batch, 2);
    List<String> keys = batch.keys();
    batch.reset(keys.get(0), 0.0);
    batch.reset(keys.get(1), 0.99);
    batch.review(keys.get(2)).terminate("as the button does");
    batch.review(keys.get(3)).cancel();
    System.out.println("The batch after resets, a terminate and a cancel: " + outcome(batch));
    Results results = batch.results();
    assertThat(results.keys()).containsExactlyElementsOf(keys);
    for (JsonNode row : results.rows()) {
      List<Ledger.Call> calls = attacked.ledger().calls(row.path("sessionId").asText());
      System.out.printf(
          "  %s: %s, cause %s, %d calls, %d distinct; undisturbed %d%n",
          row.path("target").asText(),
          row.path("status").asText(),
          row.path("cause").asText(),
          calls.size(),
          calls.stream().map(Ledger.Call::conversation).distinct().count(),
          attacked.calls());
    }
    assertThat(results.rows())
        .extracting(row -> row.path("status").asText())
        .containsExactly("complete", "complete", "failed", "cancelled", "complete");
    Undisturbed.assertClean(attacked, batch);
  }

  @Test
  void a_reset_after_the_end_costs_nothing() {
    StartedBatch batch = begin("ended", Duration.ZERO, 1);
    outcome(batch);
    int calls = attacked.ledger().totals().calls();
    String key = batch.keys().get(0);
    batch.reset(key, 0.0);
    batch.review(key).getResult(Object.class);
    assertThat(attacked.ledger().totals().calls()).as("calls after a reset").isEqualTo(calls);
    Undisturbed.assertClean(attacked, batch);
  }

  @Test
  void a_terminated_batch_spends_nothing_after_the_next_gate() {
    StartedBatch batch = begin("terminated", DELAY, 2);
    awaitAgents(batch, 2);
    batch.workflow().terminate("as the button does");
    for (String key : batch.keys()) {
      Waiting.until("the review of " + key + " ends", Waiting.LONG, () -> batch.hasEnded(key));
      assertThat(folder.resolve("artifacts/reviews/terminated").resolve(key))
          .as("what was paid for is kept")
          .isDirectoryContaining(file -> Files.isRegularFile(file));
    }
    int review = attacked.calls() - 2;
    assertThat(totals())
        .hasSize(2)
        .extracting(Ledger.Totals::calls)
        .as("calls of a review without its follow-up")
        .allMatch(calls -> calls <= review);
    Undisturbed.assertClean(attacked, batch);
  }

  @Test
  void a_cancelled_batch_has_a_row_for_each_whenever_it_comes() {
    Attack attack = Attack.begin("ResetTerminateCancelIT");
    for (int i = 0; i < attack.ofLong(10, 2); i++) {
      StartedBatch batch = begin("cancelled-" + i, Duration.ofMillis(500), 2);
      attack.pause(Duration.ofSeconds(12));
      if (!batch.hasEnded()) {
        batch.workflow().cancel();
      }
      System.out.println(batch.batch() + ": " + outcome(batch));
      Results results = batch.results();
      assertThat(results.rows())
          .hasSize(2)
          .extracting(row -> row.path("status").asText())
          .allMatch(status -> List.of("complete", "partial", "cancelled").contains(status));
      Undisturbed.assertClean(attacked, batch);
    }
  }

  /** A batch of the first repositories. */
  private StartedBatch begin(String batch, Duration delay, int repositories) {
    return attacked.begin(
        batch, delay, attacked.repositories().subList(0, repositories), StartedBatch.Start.HURRIED);
  }

  /** What the sessions of this test have asked the model. */
  private List<Ledger.Totals> totals() {
    return attacked.ledger().totalsBySession().entrySet().stream()
        .filter(session -> !earlier.contains(session.getKey()))
        .map(Map.Entry::getValue)
        .toList();
  }

  private static String outcome(StartedBatch batch) {
    try {
      return batch.awaitOutcome(Waiting.LONG).toString();
    } catch (WorkflowFailedException e) {
      return String.valueOf(e.getCause());
    }
  }

  private void awaitAgents(StartedBatch batch, int answers) {
    Waiting.until(
        "each agent has had " + answers + " answers",
        Waiting.LONG,
        () ->
            totals().size() == batch.keys().size()
                && totals().stream().allMatch(session -> session.answered() >= answers));
  }
}
