package dev.repofleet.starter.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.repofleet.e2b.local.model.Ledger;
import dev.repofleet.starter.testing.TestProgram;
import dev.repofleet.starter.testing.Waiting;
import dev.repofleet.workflows.progress.BatchInput;
import dev.repofleet.workflows.progress.BatchStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What people say to reviews that wait for them, by the commands they have for it. */
@Timeout(value = 60, unit = TimeUnit.MINUTES)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PeopleAnswerIT {
  private static final List<String> NAMES = List.of("amber", "birch", "cedar");
  private static final String PROMPT = "Mark once more what you have found in this repository.";

  /** Of a follow-up, by {@code ReviewScenario}: an edit and the last word. */
  private static final int FOLLOW_UP_CALLS = 2;

  @TempDir static Path folder = Path.of("");
  private AttackedFleet fleet;

  @BeforeAll
  void start() throws IOException {
    Files.writeString(
        folder.resolve("asking.yaml"),
        """
        name: asking
        prompt: Review this repository for the rules.
        rules: [hardcoded-secret, command-injection]
        followUps:
          - prompt: Fix the first of the findings.
            when: always
            approval: required
        verify: grep -rn 'follow-up 2' .
        """);
    fleet = new AttackedFleet(new AttackedFleet.Setup("PeopleAnswerIT", folder, NAMES, 1, 0));
  }

  @AfterAll
  void stop() {
    if (fleet != null) {
      fleet.close();
    }
  }

  private StartedBatch begin(String batch, List<String> names) {
    return fleet.begin(
        batch,
        Duration.ZERO,
        names,
        new StartedBatch.Start(
            "asking.yaml", AttackedFleet.HEARTBEAT, BatchInput.DEFAULT_CHECKPOINT_EVERY));
  }

  private TestProgram.Outcome run(String... arguments) {
    TestProgram program = new TestProgram(folder);
    fleet.fleet().environment().forEach(program::with);
    return program.run(arguments);
  }

  private void awaitWaiting(String batch, int repositories) {
    Waiting.until(
        "status says of " + repositories + " that they wait",
        Waiting.LONG,
        () ->
            run("status", batch)
                    .out()
                    .lines()
                    .filter(line -> line.contains("follow-up 1 waits for an answer"))
                    .count()
                == repositories);
  }

  @Test
  void a_yes_a_no_and_one_more_prompt_each_have_their_effect() throws IOException {
    StartedBatch batch = begin("answers", NAMES);
    awaitWaiting("answers", 3);

    TestProgram.Outcome more = run("follow-up", "answers", "cedar", PROMPT, "--detach");
    assertThat(more.exit()).as(more.err()).isZero();
    assertThat(more.out()).contains(batch.reviewId(batch.keys().get(2)));
    assertThat(more.err()).contains("cedar: the follow-up runs after the turns of the plan.");
    TestProgram.Outcome yes = run("approve", "answers", "amber", "cedar");
    assertThat(yes.exit()).as(yes.err()).isZero();
    assertThat(yes.out().lines())
        .containsExactly(
            "amber: follow-up 1 is approved: it runs next",
            "cedar: follow-up 1 is approved: it runs next");
    TestProgram.Outcome no = run("reject", "answers", "birch");
    assertThat(no.exit()).as(no.err()).isZero();
    assertThat(no.out().strip()).isEqualTo("birch: follow-up 1 is rejected: it is left out");

    assertThat(batch.awaitOutcome(Waiting.LONG).status())
        .isEqualTo(BatchStatus.FINISHED_WITH_FAILURES);
    TestProgram.Outcome late = run("approve", "answers", "birch");
    assertThat(late.exit()).isEqualTo(2);
    assertThat(late.err().strip())
        .isEqualTo("birch: nothing waits, the review has ended (partial)");
    Results results = batch.results();
    assertRow(results, 0, "complete", 2);
    assertRow(results, 1, "partial", 1);
    assertRow(results, 2, "complete", 3);
    assertThat(results.rows().get(1).path("cause").asText()).isEqualTo("follow_up_rejected");
    assertThat(patch(results, 0)).contains("follow-up 1").doesNotContain("follow-up 2");
    assertThat(patch(results, 2)).contains("follow-up 1", "follow-up 2");
    assertThat(Files.readString(results.file(results.rows().get(2), "transcript")))
        .contains(PROMPT);
    assertThat(verified(results, 0)).containsExactly("failed", "1", "");
    assertThat(verified(results, 1)).as("nothing was changed there").isEmpty();
    assertThat(verified(results, 2)).startsWith("passed", "0").last().asString().isNotEmpty();
    assertThat(results.text("report.html")).contains("grep -rn");
    Undisturbed.assertClean(fleet, batch);
  }

  /** What the plan's own command came to. */
  private static List<String> verified(Results results, int index) {
    JsonNode verify = results.review(results.rows().get(index)).path("verify");
    return verify.isMissingNode()
        ? List.of()
        : List.of(
            verify.path("ending").asText(),
            verify.path("exitCode").asText(),
            verify.path("output").asText());
  }

  private void assertRow(Results results, int index, String status, int turns) {
    JsonNode row = results.rows().get(index);
    assertThat(row.path("status").asText()).as(row.toPrettyString()).isEqualTo(status);
    assertThat(results.review(row).path("turns")).hasSize(turns);
    List<Ledger.Call> calls = fleet.ledger().calls(row.path("sessionId").asText());
    assertThat(calls)
        .as("calls of %s", row.path("target"))
        .hasSize(fleet.calls() + (turns - 2) * FOLLOW_UP_CALLS);
    assertThat(calls).extracting(Ledger.Call::conversation).doesNotHaveDuplicates();
  }

  private static String patch(Results results, int index) throws IOException {
    return Files.readString(results.file(results.rows().get(index), "patch"));
  }

  @Test
  void who_is_interrupted_while_looking_on_says_that_it_goes_on_and_so_it_does() {
    StartedBatch batch = begin("watched", List.of("amber"));
    awaitWaiting("watched", 1);
    FleetProcess logs = fleet.fleet().startInForeground("logs", "logs", "watched", "amber", "-f");
    FleetProcess followUp =
        fleet.fleet().startInForeground("follow-up", "follow-up", "watched", "amber", PROMPT);
    logs.awaitErr(Pattern.compile("waits for an answer"), Waiting.LONG);
    followUp.awaitErr(Pattern.compile("waits for an answer"), Waiting.LONG);

    logs.interrupt();
    followUp.interrupt();

    assertThat(logs.awaitExit(Waiting.LONG)).as(logs.tail()).isEqualTo(130);
    assertThat(logs.err().strip()).endsWith("\nInterrupted. The review goes on.");
    assertThat(logs.out()).as("what the agent had done").contains("command-injection");
    assertThat(followUp.awaitExit(Waiting.LONG)).as(followUp.tail()).isEqualTo(130);
    assertThat(followUp.err().strip())
        .containsPattern(
            "\nInterrupted\\. The follow-up goes on:"
                + " `repofleet logs watched amber-[0-9a-f]{10} -f` shows it\\.$");
    assertThat(run("approve", "watched", "amber").exit()).isZero();
    assertThat(batch.awaitOutcome(Waiting.LONG).status()).isEqualTo(BatchStatus.COMPLETE);
    assertRow(batch.results(), 0, "complete", 3);
    Undisturbed.assertClean(fleet, batch);
  }
}
