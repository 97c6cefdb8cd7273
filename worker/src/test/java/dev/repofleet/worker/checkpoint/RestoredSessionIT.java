package dev.repofleet.worker.checkpoint;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.repofleet.artifacts.finding.AnswerSchema;
import dev.repofleet.artifacts.result.Checkpoint;
import dev.repofleet.e2b.Sandbox;
import dev.repofleet.e2b.local.model.Ledger;
import dev.repofleet.e2b.local.model.RealClaudeCode;
import dev.repofleet.e2b.local.model.ReviewOptions;
import dev.repofleet.e2b.local.model.ReviewScenario;
import dev.repofleet.e2b.local.model.Scenario;
import dev.repofleet.e2b.local.model.ScriptedModel;
import dev.repofleet.worker.connection.SandboxLayout;
import dev.repofleet.worker.git.TestGit;
import dev.repofleet.worker.testing.Waiting;
import dev.repofleet.workflows.AgentKind;
import dev.repofleet.workflows.activities.sandbox.PrepareOutcome.Restored;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The real CLI loses its sandbox in mid-turn and goes on in another one. */
@Timeout(900)
class RestoredSessionIT {
  private static final String SCHEMA =
      AnswerSchema.forRules(List.of("sql-injection", "weak-crypto")).toString();

  @TempDir private Path folder;

  @Test
  void theConversationGoesOnAndOnlyTheCallInFlightIsRepeated() throws Exception {
    Path claude = RealClaudeCode.obtain(System.getenv()).orElseGet(RestoredSessionIT::missing);
    Map<String, String> host = new HashMap<>(System.getenv());
    host.put("REPOFLEET_CLAUDE", claude.toString());
    Path source =
        TestGit.repository(
            folder.resolve("one"),
            Map.of(
                "db.py",
                """
                import hashlib

                def find(cursor, key):
                    cursor.execute("select * from t where id = " + key)
                    return hashlib.md5(key).hexdigest()
                """));
    Scenario review = new ReviewScenario(ReviewOptions.DEFAULTS.withExtraTurns(1));
    Scenario slowThirdCall =
        conversation ->
            conversation.prompts().size() == 1 && conversation.steps().size() == 2
                ? review.reply(conversation).after(Duration.ofMinutes(5))
                : review.reply(conversation);
    try (ScriptedModel model = ScriptedModel.start(slowThirdCall);
        CheckpointFixture fleet = new CheckpointFixture(folder, source, host)) {
      Sandbox lost = prepared(fleet);
      start(fleet, lost, 0, model.uri());
      Waiting.until(
          "the third call is under way, and two results are written",
          Waiting.LONG,
          () -> model.ledger().calls().size() == 3 && results(fleet.transcript(lost)) == 2);
      fleet.agent(lost, "echo noted >notes.txt");
      assertThat(fleet.checkpoints(lost).takeEnd(0, 1, null, () -> {})).isPresent();
      Checkpoint checkpoint = fleet.saved().get(0).checkpoint();
      lost.kill();

      Sandbox next = fleet.cloned("claude");
      Restored restored =
          requireNonNull(
              fleet.prepare(next, AgentKind.CLAUDE, fleet.store.storeId()).restored(), "restored");
      assertThat(restored.incarnation()).isZero();
      assertThat(fleet.treeHash(next)).isEqualTo(checkpoint.treeHash());
      start(fleet, next, 1, model.uri());
      Waiting.until(
          "the restored agent has finished",
          Waiting.LONG,
          () -> fleet.state(next).startsWith("finished"));

      assertThat(fleet.state(next)).contains("i=1 rc=0");
      assertThat(output(next)).contains("\"structured_output\"", "sql-injection");
      assertThat(model.ledger().calls())
          .extracting(Ledger.Call::outcome)
          .containsExactly(
              Ledger.Outcome.ANSWERED,
              Ledger.Outcome.ANSWERED,
              Ledger.Outcome.ABANDONED,
              Ledger.Outcome.ANSWERED,
              Ledger.Outcome.ANSWERED);
      assertThat(model.ledger().totalsBySession()).containsOnlyKeys(fleet.session);
      assertThat(fleet.agent(next, "cat notes.txt")).isEqualTo("noted\n");
    }
  }

  private static Sandbox prepared(CheckpointFixture fleet) {
    Sandbox sandbox = fleet.cloned("claude");
    fleet.prepare(sandbox, AgentKind.CLAUDE, fleet.store.storeId());
    return sandbox;
  }

  private static void start(CheckpointFixture fleet, Sandbox sandbox, int incarnation, URI model) {
    List<String> argv = new ArrayList<>(List.of("claude"));
    argv.addAll(RealClaudeCode.arguments(fleet.session, incarnation > 0, SCHEMA));
    String prompt = incarnation > 0 ? "You were interrupted. Go on." : "Review this repository";
    assertThat(fleet.start(sandbox, incarnation, argv, prompt, RealClaudeCode.environment(model)))
        .contains("i=" + incarnation);
  }

  private static long results(String transcript) {
    return transcript.lines().filter(line -> line.contains("\"tool_result\"")).count();
  }

  private static String output(Sandbox sandbox) {
    return new String(
        sandbox.withUser(SandboxLayout.ROOT).files().read(SandboxLayout.STATE + "/runs/0.0.1/out"),
        UTF_8);
  }

  private static Path missing() {
    String reason = "npm and node are not on the PATH: no real Claude Code CLI";
    return "true".equals(System.getenv("CI")) ? fail(reason) : abort(reason);
  }
}
