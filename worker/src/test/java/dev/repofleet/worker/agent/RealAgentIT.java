package dev.repofleet.worker.agent;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.repofleet.e2b.local.model.RealClaudeCode;
import dev.repofleet.e2b.local.model.Reply;
import dev.repofleet.e2b.local.model.ReviewOptions;
import dev.repofleet.e2b.local.model.ReviewScenario;
import dev.repofleet.e2b.local.model.Scenario;
import dev.repofleet.e2b.local.model.ScriptedModel;
import dev.repofleet.e2b.local.model.Usage;
import dev.repofleet.worker.connection.SandboxLayout;
import dev.repofleet.worker.testing.Waiting;
import dev.repofleet.workflows.AgentKind;
import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.UsageTotals.CostSource;
import dev.repofleet.workflows.activities.agent.PromptKind;
import dev.repofleet.workflows.activities.agent.RunLoss;
import dev.repofleet.workflows.activities.agent.StopInput;
import dev.repofleet.workflows.activities.agent.TurnInput;
import dev.repofleet.workflows.activities.agent.TurnOutcome;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Turns of the real Claude Code on a scripted model, whose ledger the accounts must equal. */
class RealAgentIT {
  private static final Scenario REVIEW = new ReviewScenario(ReviewOptions.DEFAULTS);

  @TempDir private Path folder;
  private Path claude = Path.of("/");

  @BeforeEach
  void find() {
    claude = RealClaudeCode.obtain(System.getenv()).orElseGet(RealAgentIT::missing);
  }

  @Test
  void theTurnCountsWhatALostProcessUsedAsTheModelDoes() throws Exception {
    Scenario slowSecondCall =
        conversation ->
            conversation.prompts().size() == 1 && conversation.steps().size() == 1
                ? REVIEW.reply(conversation).after(Duration.ofMinutes(5))
                : REVIEW.reply(conversation);
    try (ScriptedModel model = ScriptedModel.start(slowSecondCall);
        AgentFixture fleet = fleet(model)) {
      fleet.lease();
      CompletableFuture<TurnOutcome> turn =
          CompletableFuture.supplyAsync(() -> fleet.agents.run(fleet.turn(0, PromptKind.REVIEW)));
      Waiting.until(
          "the model is called a second time",
          Waiting.LONG,
          () -> model.ledger().calls().size() == 2);
      Waiting.until(
          "the transcript has a tool's result",
          Waiting.LONG,
          () -> transcript(fleet).contains("tool_result"));
      fleet.asRoot(
          "kill -9 $(sed -n s/^supervisor=//p " + SandboxLayout.STATE + "/runs/0.0.0/meta)");

      TurnOutcome outcome = turn.get(Waiting.LONG.toSeconds(), TimeUnit.SECONDS);

      assertThat(outcome.cause()).as(outcome.message()).isNull();
      assertThat(outcome.incarnation()).isEqualTo(1);
      assertThat(outcome.usage().costSource()).isEqualTo(CostSource.ESTIMATED);
      Usage used = model.ledger().totals().usage();
      assertThat(outcome.usage().inputTokens()).isEqualTo(used.inputTokens());
      assertThat(outcome.usage().outputTokens()).isEqualTo(used.outputTokens());
      assertThat(outcome.usage().cacheReadTokens()).isEqualTo(used.cacheReadTokens());
      assertThat(outcome.usage().cacheWriteTokens()).isEqualTo(used.cacheWriteTokens());
      fleet.release();
    }
  }

  @Test
  void aLimitedProviderIsAskedAFewTimesAndItsDelayIsHandedOn() throws Exception {
    try (ScriptedModel model =
            ScriptedModel.start(
                conversation ->
                    new Reply.ApiError(
                        429,
                        "rate_limit_error",
                        "slow down",
                        Duration.ofSeconds(1),
                        Duration.ZERO));
        AgentFixture fleet = fleet(model)) {
      fleet.lease();

      TurnOutcome outcome = fleet.agents.run(fleet.turn(0, PromptKind.REVIEW));

      assertThat(outcome.cause()).isEqualTo(Cause.MODEL_RATE_LIMITED);
      assertThat(outcome.retryAfterSeconds()).isEqualTo(1);
      assertThat(outcome.promptEntered()).isTrue();
      assertThat(model.ledger().calls()).hasSize(7);
      fleet.release();
    }
  }

  @Test
  void aRefusedKeyEndsTheTurnAtTheFirstEvent() throws Exception {
    try (ScriptedModel model =
            ScriptedModel.start(
                conversation ->
                    new Reply.ApiError(401, "authentication_error", "invalid x-api-key"));
        AgentFixture fleet = fleet(model)) {
      fleet.lease();
      TurnInput turn = fleet.turn(0, PromptKind.REVIEW);
      try {
        fail("no failure but " + fleet.agents.run(turn));
      } catch (ActivityFailure failure) {
        ApplicationFailure refused = requireNonNull((ApplicationFailure) failure.getCause());
        assertThat(refused.getType()).isEqualTo(Cause.MODEL_AUTH.code());
        assertThat(refused.getDetails().get(RunLoss.class).usage().costUsd()).isZero();
      }
      fleet.stops.stop(new StopInput(fleet.sandboxId, AgentFixture.FENCE, 0, 0));

      TurnOutcome left = fleet.agents.run(turn.endedBy(Cause.MODEL_AUTH));

      assertThat(left.cause()).isEqualTo(Cause.MODEL_AUTH);
      assertThat(left.eventsUri()).isNotNull();
      fleet.release();
    }
  }

  private AgentFixture fleet(ScriptedModel model) throws IOException {
    Map<String, String> host = new HashMap<>(System.getenv());
    host.put("REPOFLEET_CLAUDE", claude.toString());
    return new AgentFixture(
        folder,
        AgentFixture.plan(),
        AgentKind.CLAUDE,
        RealClaudeCode.environment(model.uri()),
        host);
  }

  private static String transcript(AgentFixture fleet) {
    return fleet.home(".claude/projects/-home-user-repo/" + fleet.session + ".jsonl");
  }

  private static Path missing() {
    String reason = "npm and node are needed to run the real Claude Code";
    if ("true".equals(System.getenv("CI"))) {
      fail(reason);
    }
    return abort(reason);
  }
}
