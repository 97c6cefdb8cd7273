package dev.repofleet.starter.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.e2b.local.model.Conversation;
import dev.repofleet.e2b.local.model.Ledger;
import dev.repofleet.starter.testing.GitRepository;
import dev.repofleet.starter.testing.Waiting;
import dev.repofleet.workflows.SessionId;
import dev.repofleet.workflows.progress.BatchInput;
import dev.repofleet.workflows.progress.BatchStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Findings that are tried in a session of their own, with the real CLI. */
@Timeout(value = 60, unit = TimeUnit.MINUTES)
@Execution(ExecutionMode.CONCURRENT)
@Tag("long")
class VerificationIT {
  private static final String NAME = "cedar";

  /** Of {@code ReviewScenario}: a review, and a follow-up. */
  private static final int REVIEW_CALLS = 3;

  private static final int FOLLOW_UP_CALLS = 2;
  private static final StartedBatch.Start HOW =
      new StartedBatch.Start(
          "verifying.yaml", AttackedFleet.HEARTBEAT, BatchInput.DEFAULT_CHECKPOINT_EVERY);

  @TempDir Path folder = Path.of("");
  private final VerifyingScenario scenario = new VerifyingScenario();
  private AttackedFleet fleet;

  @BeforeEach
  void start() throws IOException {
    Files.writeString(
        folder.resolve("verifying.yaml"),
        """
        name: verifying
        prompt: Review this repository, WORDS-OF-THE-PLAN.
        instructions: WORDS-OF-THE-PLAN again.
        rules: [command-injection]
        verifyFindings: high
        followUps:
          - prompt: Fix the first finding, of {{findings.high}} that stood.
            when: findings.high == 2
        """);
    fleet =
        new AttackedFleet(
            new AttackedFleet.Setup("VerificationIT", folder, List.of(NAME), 1, 0),
            scenario,
            Map.of());
    new GitRepository(folder.resolve(NAME))
        .write(
            "src/more.py",
            """
            import os


            def run(name):
                os.system('ls ' + name)


            def walk(name):
                os.system('find ' + name)
            """)
        .commit("More to find");
  }

  @AfterEach
  void stop() {
    if (fleet != null) {
      fleet.close();
    }
  }

  private static String own(StartedBatch batch) {
    return SessionId.of(batch.reviewId(batch.keys().get(0)), 0).toString();
  }

  private static String verification(StartedBatch batch) {
    return SessionId.ofVerification(batch.reviewId(batch.keys().get(0)), 0).toString();
  }

  private static void assertVerdicts(JsonNode review, String... turns) {
    assertThat(review.path("findings").findValuesAsText("verification"))
        .containsExactly("confirmed", "rejected", "unverified");
    assertThat(review.path("findings").findValuesAsText("verificationReason"))
        .containsExactly(
            "Scripted: src/cedar.py is confirmed.",
            "Scripted: src/more.py is rejected.",
            "undecided: Scripted: src/more.py is undecided.");
    assertThat(review.path("turns").findValuesAsText("purpose")).containsExactly(turns);
    assertThat(review.path("turns").path(turns.length - 2).path("summary").asText())
        .isEqualTo("1 confirmed, 1 rejected, 1 left unverified");
  }

  @Test
  void aFreshSessionConfirmsRejectsOrLeavesAndTheReviewsOwnGoesOn() throws IOException {
    StartedBatch batch = fleet.begin("tried", Duration.ZERO, List.of(NAME), HOW);
    assertThat(batch.awaitOutcome(Waiting.LONG).status()).isEqualTo(BatchStatus.COMPLETE);
    Results results = batch.results();
    results.assertAllComplete(1);
    JsonNode row = results.rows().get(0);
    JsonNode review = results.review(row);

    assertVerdicts(review, "review", "verify", "follow_up");
    assertThat(row.at("/findings/high").asInt()).as("without the rejected one").isEqualTo(2);
    assertThat(row.path("rejected").asInt()).isEqualTo(1);
    assertThat(row.path("sessionId").asText()).isEqualTo(own(batch));
    assertThat(results.text("report.md"))
        .contains("2 high, 1 rejected", "rejected: Scripted: src/more.py is rejected.");
    assertThat(results.text("report.html")).contains("Rejected: Possible command injection");
    assertSarif(results, row);
    assertAlone(batch);
    assertGoesOn(batch, results.file(row, "transcript"));
    assertCosts(row, batch);

    FleetProcess more =
        fleet.fleet().start("more", "follow-up", "tried", NAME, "WORDS-OF-A-PERSON.");
    assertThat(more.awaitExit(Waiting.LONG)).as(more.tail()).isZero();
    List<Conversation> own = scenario.asked(own(batch));
    assertThat(own).hasSize(REVIEW_CALLS + 2 * FOLLOW_UP_CALLS);
    assertThat(own.get(own.size() - 1).prompts())
        .hasSize(3)
        .satisfies(prompts -> assertThat(prompts.get(0)).contains("WORDS-OF-THE-PLAN"))
        .satisfies(prompts -> assertThat(prompts.get(2)).contains("WORDS-OF-A-PERSON"));
    assertThat(fleet.ledger().calls(verification(batch))).hasSize(VerifyingScenario.CALLS);
    Undisturbed.assertClean(fleet, batch);
  }

  private static void assertSarif(Results results, JsonNode row) throws IOException {
    JsonNode sarif =
        ArtifactJson.read(
            Files.readString(results.file(row, "sarif")), JsonNode.class, "findings.sarif");
    assertThat(sarif.at("/runs/0/results"))
        .hasSize(3)
        .filteredOn(result -> result.has("suppressions"))
        .singleElement()
        .satisfies(
            result ->
                assertThat(result.at("/suppressions/0/justification").asText())
                    .isEqualTo("rejected by a verification: Scripted: src/more.py is rejected."));
  }

  /** What the model was asked for the verdicts has nothing of the plan, nor of the review. */
  private void assertAlone(StartedBatch batch) {
    List<Conversation> asked = scenario.asked(verification(batch));
    assertThat(asked).hasSize(VerifyingScenario.CALLS);
    Conversation last = asked.get(asked.size() - 1);
    assertThat(asked.get(0).isFirstCall()).isTrue();
    assertThat(last.prompts()).hasSize(1);
    assertThat(last.prompts().get(0)).startsWith("Somebody reports findings");
    assertThat(last.prompts().get(0).lines().filter(line -> line.startsWith("{"))).hasSize(3);
    assertThat(last.messages().toString())
        .doesNotContain("WORDS-OF-THE-PLAN", "Search for risky lines");
    assertThat(last.tools()).containsKey("Bash").doesNotContainKeys("Edit", "Write");
  }

  private void assertGoesOn(StartedBatch batch, Path transcript) throws IOException {
    List<Conversation> own = scenario.asked(own(batch));
    assertThat(own).hasSize(REVIEW_CALLS + FOLLOW_UP_CALLS);
    Conversation last = own.get(own.size() - 1);
    assertThat(last.prompts()).hasSize(2);
    assertThat(last.prompts().get(0)).contains("WORDS-OF-THE-PLAN");
    assertThat(last.prompts().get(1))
        .startsWith("Fix the first finding, of 2 that stood.")
        .contains("rejected those below", "Scripted: src/more.py is rejected.")
        .doesNotContain("is confirmed");
    assertThat(last.messages().toString()).doesNotContain("Somebody reports findings");
    assertThat(Files.readString(transcript))
        .contains("WORDS-OF-THE-PLAN", "that stood")
        .doesNotContain("Somebody reports findings");
  }

  private void assertCosts(JsonNode row, StartedBatch batch) {
    Ledger ledger = fleet.ledger();
    long both =
        ledger.totals(own(batch)).usage().outputTokens()
            + ledger.totals(verification(batch)).usage().outputTokens();
    assertThat(row.at("/usage/outputTokens").asLong()).as("of both sessions").isEqualTo(both);
  }

  @Test
  void aSandboxThatIsLostUnderItRepeatsItAloneAndAResetRepeatsNothing() {
    StartedBatch batch = fleet.begin("lost", Duration.ofSeconds(3), List.of(NAME), HOW);
    String session = verification(batch);
    Ledger ledger = fleet.ledger();

    Waiting.until(
        "the verification has begun", Waiting.LONG, () -> ledger.totals(session).answered() == 1);
    fleet.fleet().sandboxes().forEach(box -> fleet.fleet().deleteSandbox(box.sandboxId()));

    assertThat(batch.awaitOutcome(Waiting.LONG).status()).isEqualTo(BatchStatus.COMPLETE);
    Results results = batch.results();
    results.assertAllComplete(1);
    JsonNode review = results.review(results.rows().get(0));
    assertVerdicts(review, "review", "verify", "follow_up");
    assertThat(review.path("attempts").asInt()).as("sandboxes").isEqualTo(2);
    List<Conversation> tried = scenario.asked(session);
    assertThat(tried).hasSizeBetween(VerifyingScenario.CALLS + 1, VerifyingScenario.CALLS + 2);
    assertThat(tried).allSatisfy(asked -> assertThat(asked.prompts()).hasSize(1));
    List<Conversation> own = scenario.asked(own(batch));
    assertThat(own).hasSize(REVIEW_CALLS + FOLLOW_UP_CALLS);
    assertThat(own.get(own.size() - 1).prompts().get(1))
        .as("the review's session is told that it was moved")
        .startsWith("Note: the work was moved to a fresh machine.")
        .contains("Fix the first finding, of 2 that stood.");

    int calls = ledger.totals().calls();
    String key = batch.keys().get(0);
    batch.reset(key, 0.0);
    batch.review(key).getResult(Object.class);
    assertThat(ledger.totals().calls()).as("calls after a reset").isEqualTo(calls);
    Results again = batch.results();
    assertVerdicts(again.review(again.rows().get(0)), "review", "verify", "follow_up");
    Undisturbed.assertClean(fleet, batch);
  }

  @Test
  void whatIsKilledInTheMiddleOfItRepeatsNothingThatWasFinished() {
    StartedBatch calm = fleet.begin("calm", Duration.ZERO, List.of(NAME), HOW);
    assertThat(calm.awaitOutcome(Waiting.LONG).status()).isEqualTo(BatchStatus.COMPLETE);
    Map<String, String> undisturbed = NormalisedResults.findings(calm.results());
    StartedBatch batch = fleet.begin("killed", Duration.ofSeconds(3), List.of(NAME), HOW);
    String session = verification(batch);
    Ledger ledger = fleet.ledger();

    Waiting.until(
        "the verification has begun", Waiting.LONG, () -> ledger.totals(session).answered() == 1);
    fleet.workers().killAndReplace(fleet.workers().alive().get(0));
    Waiting.until(
        "it goes on, whoever follows", Waiting.LONG, () -> ledger.calls(session).size() == 3);
    // The CLI writes what it has done a little later, and knows no more of it when it is killed.
    Waiting.until("both looks are written down", Waiting.LONG, () -> looksWritten(session) == 2);
    AgentProcesses.beginning(session)
        .forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));

    assertThat(batch.awaitOutcome(Waiting.LONG).status()).isEqualTo(BatchStatus.COMPLETE);
    Results results = batch.results();
    results.assertAllComplete(1);
    JsonNode review = results.review(results.rows().get(0));
    // An agent that was killed is gone on with in a turn of its own.
    assertVerdicts(review, "review", "verify", "verify", "follow_up");
    assertThat(review.at("/turns/1/cause").asText()).isEqualTo("agent_crashed");
    assertThat(NormalisedResults.findings(results).values())
        .containsExactlyElementsOf(undisturbed.values());
    List<Ledger.Call> calls = ledger.calls(session);
    assertThat(calls)
        .as("one call was in flight")
        .hasSizeBetween(VerifyingScenario.CALLS, VerifyingScenario.CALLS + 1);
    assertThat(calls)
        .filteredOn(call -> call.outcome() == Ledger.Outcome.ANSWERED)
        .extracting(Ledger.Call::conversation)
        .doesNotHaveDuplicates()
        .hasSize(VerifyingScenario.CALLS);
    assertThat(ledger.calls(own(batch)))
        .hasSize(REVIEW_CALLS + FOLLOW_UP_CALLS)
        .extracting(Ledger.Call::conversation)
        .doesNotHaveDuplicates();
    Undisturbed.assertClean(fleet, batch);
  }

  private long looksWritten(String session) {
    Path root = fleet.fleet().sandboxRoot(fleet.fleet().sandboxes().get(0).sandboxId());
    try (Stream<Path> files = Files.walk(root.resolve("home/user/.claude/projects"))) {
      Path transcript =
          files.filter(file -> file.endsWith(session + ".jsonl")).findAny().orElseThrow();
      return Files.readString(transcript)
          .lines()
          .filter(line -> line.contains("\"type\":\"tool_result\""))
          .count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
