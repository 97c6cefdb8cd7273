package dev.repofleet.worker.agent;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.repofleet.worker.connection.SandboxLayout;
import dev.repofleet.worker.testing.Waiting;
import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.UsageTotals.CostSource;
import dev.repofleet.workflows.activities.agent.PromptKind;
import dev.repofleet.workflows.activities.agent.RunLoss;
import dev.repofleet.workflows.activities.agent.StopInput;
import dev.repofleet.workflows.activities.agent.TurnInput;
import dev.repofleet.workflows.activities.agent.TurnOutcome;
import io.temporal.failure.ApplicationFailure;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of a turn whose process is lost, stuck, or can't go on, in a real sandbox. */
class LostProcessesIT {
  private static final AtomicReference<RunBeat> TOLD = new AtomicReference<>(RunBeat.NONE);

  @TempDir static Path folder;
  private static AgentFixture fleet;

  @BeforeAll
  static void start() throws Exception {
    fleet = new AgentFixture(folder, AgentFixture.plan());
  }

  @AfterAll
  static void stop() {
    if (fleet != null) {
      fleet.close();
    }
  }

  @BeforeEach
  void lease() {
    TOLD.set(RunBeat.NONE);
    fleet.temporal.setActivityHeartbeatListener(RunBeat.class, TOLD::set);
    fleet.lease();
  }

  @AfterEach
  void release() {
    fleet.release();
  }

  @Test
  void theNextProcessGetsTheCapsLessWhatALostOneUsedAndTheTurnCountsBoth() throws Exception {
    fleet.agent(
        """
        if number == 0:
            keep(type='user', message={'role': 'user', 'content': prompt})
            message('a', input_tokens=10000, output_tokens=20000)
            message('a', input_tokens=10000, output_tokens=20000)
            message('b', cache_read_input_tokens=100000)
            time.sleep(600)
        result(cost=0.1)
        """);
    CompletableFuture<TurnOutcome> turn = run(review());
    killSupervisorOnceWritten("\"b\"");

    TurnOutcome outcome = turn.get(Waiting.LONG.toSeconds(), TimeUnit.SECONDS);

    double lost = (10_000 * 5 + 20_000 * 25 + 100_000 * 0.5) / 1e6;
    assertThat(outcome.cause()).as(outcome.message()).isNull();
    assertThat(outcome.incarnation()).isEqualTo(1);
    assertThat(outcome.usage().costUsd()).isCloseTo(lost + 0.1, within(1e-9));
    assertThat(outcome.usage().costSource()).isEqualTo(CostSource.ESTIMATED);
    assertThat(outcome.usage().outputTokens()).isEqualTo(20_005);
    assertThat(outcome.agentTurns()).isEqualTo(2);
    assertThat(outcome.promptEntered()).isTrue();
    assertThat(fleet.home("told.1"))
        .contains("\"--max-budget-usd\", \"0.4000\"", "\"--max-turns\", \"48\"", "--resume")
        .contains("You were interrupted");
  }

  @Test
  void whenALostProcessUsedUpTheBudgetNoOtherIsStarted() throws Exception {
    fleet.agent(
        """
        keep(type='user', message={'role': 'user', 'content': prompt})
        message('a', output_tokens=40000)
        time.sleep(600)
        """);
    CompletableFuture<TurnOutcome> turn = run(review());
    killSupervisorOnceWritten("\"a\"");

    TurnOutcome outcome = turn.get(Waiting.LONG.toSeconds(), TimeUnit.SECONDS);

    assertThat(outcome.cause()).isEqualTo(Cause.BUDGET_EXHAUSTED);
    assertThat(outcome.usage().costUsd()).isCloseTo(1.0, within(1e-9));
    assertThat(fleet.incarnations()).isEqualTo("0.0.0\n");
  }

  /** The program writes two lines of its own before the prompt, and can't resume from them. */
  @Test
  void aProcessLostBeforeItsPromptEnteredIsRepeatedInAFreshSession() throws Exception {
    fleet.agent(
        """
        if number == 0:
            keep(type='queue-operation', operation='enqueue', content=prompt)
            time.sleep(600)
        result()
        """);
    CompletableFuture<TurnOutcome> turn = run(review());
    killSupervisorOnceWritten("enqueue");

    assertThat(turn.get(Waiting.LONG.toSeconds(), TimeUnit.SECONDS).cause()).isNull();
    assertThat(fleet.home("told.1"))
        .contains("--session-id", "Review this repository.", "\"before\": false");
  }

  @Test
  void aTurnOverItsTimeFailsWithWhatItUsedAndItsLeavingsComeInAfterTheStop() throws Exception {
    fleet.agent(
        """
        keep(type='user', message={'role': 'user', 'content': prompt})
        message('a', input_tokens=1000)
        time.sleep(600)
        """);
    TurnInput turn = fleet.turn(0, PromptKind.REVIEW, Duration.ofMinutes(1));
    CompletableFuture<TurnOutcome> running = run(turn);
    awaitAllRead();
    hasWorkedFor(100);

    ApplicationFailure failure = failure(running);

    assertThat(failure.getType()).isEqualTo(Cause.AGENT_TIMEOUT.code());
    assertThat(failure.isNonRetryable()).isTrue();
    RunLoss loss = failure.getDetails().get(RunLoss.class);
    assertThat(loss.incarnation()).isZero();
    assertThat(loss.usage().inputTokens()).isEqualTo(1000);
    assertThat(loss.milliseconds()).isGreaterThanOrEqualTo(100_000);
    assertThat(fleet.stops.stop(stopped()).state()).isEqualTo("stopped");

    TurnOutcome left = fleet.agents.run(turn.endedBy(Cause.AGENT_TIMEOUT));

    assertThat(left.cause()).isEqualTo(Cause.AGENT_TIMEOUT);
    assertThat(left.usage().inputTokens()).isEqualTo(1000);
    assertThat(left.transcriptUri()).isNotNull();
    assertThat(left.promptEntered()).isTrue();
    assertThat(fleet.incarnations()).isEqualTo("0.0.0\n");
  }

  /** As many seconds more than it has, by the sandbox's clock. */
  private void hasWorkedFor(int seconds) {
    fleet.asRoot(
        "cd %s/runs/0.0.0 && old=$(sed -n 's/^uptime=//p' meta)".formatted(SandboxLayout.STATE)
            + " && sed -i \"s/^uptime=.*/uptime=$((old - %d))/\" meta".formatted(seconds));
  }

  @Test
  void anAgentThatSaysNothingForAnHourFails() throws Exception {
    fleet.agent("say(type='system', subtype='init', model='m')\ntime.sleep(600)\n");
    CompletableFuture<TurnOutcome> turn =
        run(fleet.turn(0, PromptKind.REVIEW, Duration.ofHours(3)));
    awaitAllRead();
    hasWorkedFor(4000);

    ApplicationFailure failure = failure(turn);

    assertThat(failure.getType()).isEqualTo(Cause.AGENT_TIMEOUT.code());
    assertThat(failure.getOriginalMessage()).contains("said nothing for 60 minutes");
    assertThat(failure.getDetails().get(RunLoss.class).milliseconds()).isGreaterThan(3_600_000);
    fleet.stops.stop(stopped());
  }

  @Test
  void aRefusedKeyIsActedOnAtTheFirstEventAlsoByTheNextAttempt() {
    fleet.agent(
        """
        say(type='system', subtype='api_retry', attempt=1, max_retries=10,
            retry_delay_ms=531.2, error_status=401, error='authentication_failed')
        time.sleep(600)
        """);

    assertThat(failure(run(review())).getType()).isEqualTo(Cause.MODEL_AUTH.code());
    assertThat(failure(run(review())).getType()).isEqualTo(Cause.MODEL_AUTH.code());

    fleet.stops.stop(stopped());
    assertThat(fleet.agents.run(review().endedBy(Cause.MODEL_AUTH)).cause())
        .isEqualTo(Cause.MODEL_AUTH);
    assertThat(fleet.incarnations()).isEqualTo("0.0.0\n");
  }

  @Test
  void aLostSandboxFailsWithWhatItsProcessesAreKnownToHaveUsedAlsoByAnotherAttempt() {
    fleet.agent("message('a', input_tokens=1000000)\ntime.sleep(600)\n");
    CompletableFuture<TurnOutcome> turn = run(review());
    awaitAllRead();
    fleet.client.kill(fleet.sandboxId);
    failure(turn); // The call under way was cut off, which says nothing about the sandbox.
    fleet.temporal.setHeartbeatDetails(requireNonNull(TOLD.get()));

    ApplicationFailure failure = failure(run(review()));

    fleet.temporal.setHeartbeatDetails(RunBeat.NONE);
    assertThat(failure.getType()).isEqualTo(Cause.SANDBOX_LOST.code());
    RunLoss loss = failure.getDetails().get(RunLoss.class);
    assertThat(loss.usage().inputTokens()).isEqualTo(1_000_000);
    assertThat(loss.usage().costUsd()).isCloseTo(5, within(1e-9));
    assertThat(loss.agentTurns()).isEqualTo(1);
  }

  @Test
  void aProviderThatIsOverItsLimitNamesTheWait() {
    fleet.agent(
        """
        keep(type='user', message={'role': 'user', 'content': prompt})
        say(type='system', subtype='api_retry', retry_delay_ms=7000, error='rate_limit')
        result(is_error=True, api_error_status=429, result='API Error: Request rejected (429)')
        """);

    TurnOutcome outcome = fleet.agents.run(review());

    assertThat(outcome.cause()).isEqualTo(Cause.MODEL_RATE_LIMITED);
    assertThat(outcome.retryAfterSeconds()).isEqualTo(7);
    assertThat(outcome.resetAt()).as("no quota").isNull();
    assertThat(outcome.promptEntered()).isTrue();
  }

  @Test
  void aQuotaThatIsUsedUpNamesWhenItIsFilledAgain() {
    fleet.agent(
        """
        keep(type='user', message={'role': 'user', 'content': prompt})
        print(json.dumps({'type': 'rate_limit_event', 'rate_limit_info': {
            'status': 'rejected', 'resetsAt': int(time.time()) + 3600,
            'rateLimitType': 'five_hour', 'isUsingOverage': False}}), flush=True)
        result(is_error=True, api_error_status=429, result='You have hit your session limit')
        """);
    long before = System.currentTimeMillis();

    TurnOutcome outcome = fleet.agents.run(review());

    assertThat(outcome.cause()).isEqualTo(Cause.MODEL_RATE_LIMITED);
    assertThat(outcome.resetAt()).isBetween(before + 3_500_000, before + 3_700_000);
  }

  /** An agent that is root may have put its own in the place of the run's script. */
  private static void alwaysSays(String state) {
    fleet.asRoot(
        "cat > %s <<'END'%n#!/bin/sh%necho %s%nEND%n".formatted(SandboxLayout.RUN_SCRIPT, state));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "$(date +%s)"})
  void aSandboxThatSaysForEverThatAnAgentRunsIsGivenUpByTheWorkersOwnClock(String incarnation) {
    alwaysSays("running i=" + incarnation + " out=0 age=0");

    ApplicationFailure failure =
        failure(run(fleet.turn(0, PromptKind.REVIEW, Duration.ofSeconds(2))));

    assertThat(failure.getType()).isEqualTo(Cause.AGENT_TIMEOUT.code());
    assertThat(failure.isNonRetryable()).isTrue();
  }

  @Test
  void aProcessThatIsSaidToRunOnAfterEveryStopIsSetAside() {
    alwaysSays("running i=0 out=0 age=0");
    TurnRun run =
        new TurnRun(
            fleet.sandbox(),
            review(),
            AgentFixture.plan().build(),
            Map::of,
            fleet.store,
            RunProgress.NONE);

    assertThatThrownBy(() -> run.stopped(Cause.AGENT_TIMEOUT, 9))
        .isInstanceOfSatisfying(
            ApplicationFailure.class, e -> assertThat(e.isNonRetryable()).isFalse());
    assertThatThrownBy(() -> run.stopped(Cause.AGENT_TIMEOUT, 10))
        .isInstanceOfSatisfying(
            ApplicationFailure.class,
            e -> {
              assertThat(e.getType()).isEqualTo(Cause.QUARANTINED.code());
              assertThat(e.isNonRetryable()).isTrue();
            });
  }

  private static TurnInput review() {
    return fleet.turn(0, PromptKind.REVIEW);
  }

  private static StopInput stopped() {
    return new StopInput(fleet.sandboxId, AgentFixture.FENCE, 0, 0);
  }

  private static CompletableFuture<TurnOutcome> run(TurnInput turn) {
    return CompletableFuture.supplyAsync(() -> fleet.agents.run(turn));
  }

  private static String transcript() {
    return fleet.home(".claude/projects/-home-user-repo/" + fleet.session + ".jsonl");
  }

  private static void killSupervisorOnceWritten(String text) {
    Waiting.until("the transcript has " + text, Waiting.LONG, () -> transcript().contains(text));
    fleet.asRoot("kill -9 $(sed -n s/^supervisor=//p " + SandboxLayout.STATE + "/runs/0.0.0/meta)");
  }

  /** The follower has told in its heartbeat that it read what there is. */
  private static void awaitAllRead() {
    Waiting.until(
        "the follower has read what there is",
        Waiting.LONG,
        () -> {
          RunBeat told = TOLD.get(); // a lease's heartbeat has no details
          return told != null && told.progress().offset() > 0;
        });
  }

  private static ApplicationFailure failure(CompletableFuture<TurnOutcome> turn) {
    try {
      throw new AssertionError(
          "no failure but " + turn.get(Waiting.LONG.toSeconds(), TimeUnit.SECONDS));
    } catch (ExecutionException | CompletionException e) {
      for (Throwable cause = e; cause != null; cause = cause.getCause()) {
        if (cause instanceof ApplicationFailure failure) {
          return failure;
        }
      }
      throw new AssertionError("not an application failure", e);
    } catch (InterruptedException | TimeoutException e) {
      throw new AssertionError(e);
    }
  }
}
