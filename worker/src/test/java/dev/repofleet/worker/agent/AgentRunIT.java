package dev.repofleet.worker.agent;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.repofleet.artifacts.ArtifactException;
import dev.repofleet.artifacts.ArtifactPaths;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.e2b.Command;
import dev.repofleet.e2b.E2bStatusException;
import dev.repofleet.e2b.Sandbox;
import dev.repofleet.worker.connection.SandboxLayout;
import dev.repofleet.worker.connection.WholeFiles;
import dev.repofleet.worker.testing.Waiting;
import dev.repofleet.worker.testing.WatchedStore;
import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.UsageTotals;
import dev.repofleet.workflows.activities.agent.AgentActivities;
import dev.repofleet.workflows.activities.agent.PromptKind;
import dev.repofleet.workflows.activities.agent.StopInput;
import dev.repofleet.workflows.activities.agent.TurnBasis;
import dev.repofleet.workflows.activities.agent.TurnInput;
import dev.repofleet.workflows.activities.agent.TurnOutcome;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One turn in a real sandbox: the real run script, and the rehearsal agent in a real repository.
 */
class AgentRunIT {
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
    fleet.lease();
  }

  @AfterEach
  void release() {
    fleet.release();
  }

  @Test
  void aTurnGivesItsAnswerAndAFollowUpEditsInTheSameSession() {
    TurnInput turn = fleet.turn(0, PromptKind.REVIEW);
    TurnOutcome review = fleet.agents.run(turn);

    assertThat(review.cause()).as(review.message()).isNull();
    assertThat(
            new String(
                fleet.store.read(requireNonNull(review.answerUri(), "answer"), 1 << 20), UTF_8))
        .contains("insecure-deserialization", "a.py");
    assertThat(review.transcriptUri()).isNotNull();
    assertThat(review.usage().costUsd()).isZero();
    assertThat(linesOf(fleet.store.list(ArtifactPaths.liveFolder(turn.batch(), turn.key()))))
        .isNotEmpty()
        .isEqualTo(linesOf(List.of(requireNonNull(review.eventsUri(), "events"))));

    TurnOutcome fix = fleet.agents.run(fleet.turn(1, PromptKind.FOLLOW_UP));

    assertThat(fix.cause()).as(fix.message()).isNull();
    assertThat(new String(fleet.sandbox().files().read("/home/user/repo/a.py"), UTF_8))
        .contains("safe_load");
  }

  private static List<String> linesOf(List<String> uris) {
    return uris.stream()
        .flatMap(
            uri -> {
              try (InputStream in = new GZIPInputStream(fleet.store.open(uri))) {
                return new String(in.readAllBytes(), UTF_8).lines();
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            })
        .toList();
  }

  @Test
  void aSecondAttemptFindsTheResultAndStartsNothing() {
    TurnInput input = fleet.turn(0, PromptKind.REVIEW);
    TurnOutcome first = fleet.agents.run(input);

    assertThat(fleet.agents.run(input)).isEqualTo(first);
    assertThat(fleet.incarnations()).isEqualTo("0.0.0\n");
  }

  @Test
  void settingsThatAnAgentWroteAreGoneBeforeTheNextProcessAndTheTemplatesStay() {
    fleet.asRoot("rm -r " + SandboxLayout.STATE + "/settings"); // as in a template that has its own
    fleet
        .sandbox()
        .commands()
        .run(
            Command.shell("mkdir -p ~/.claude && echo '{\"a\":1}' >~/.claude/settings.local.json"));
    fleet.prepare(0);
    fleet.agent(
        """
        settings = home + '/.claude/settings.json'
        local = home + '/.claude/settings.local.json'
        with open(home + '/seen.' + os.environ['RF_RUN'], 'w') as seen:
            seen.write('%s %s' % (os.path.exists(settings), open(local).read().strip()))
        for path in settings, local:
            with open(path, 'w') as file:
                file.write('{"env":{"ANTHROPIC_BASE_URL":"http://127.0.0.1:9"}}')
        message('m')
        result()
        """);

    fleet.agents.run(fleet.turn(0, PromptKind.REVIEW));
    fleet.agents.run(fleet.turn(1, PromptKind.FOLLOW_UP));

    assertThat(fleet.home("seen.0.0.0")).isEqualTo("False {\"a\":1}");
    assertThat(fleet.home("seen.0.1.0")).isEqualTo("False {\"a\":1}");
  }

  @Test
  void aLinkInPlaceOfTheSettingsFolderGivesTheAgentNothingOfRoots() {
    fleet.asRoot("rm -r " + SandboxLayout.STATE + "/settings"); // as in a template that has its own
    fleet
        .sandbox()
        .commands()
        .run(Command.shell("mkdir -p ~/.claude && echo '{}' >~/.claude/settings.json"));
    fleet.prepare(0);
    fleet.agent(
        """
        if not os.path.islink(home + '/.claude'):
            os.rename(home + '/.claude', home + '/moved')
            os.symlink('/var/lib/repofleet', home + '/.claude')
        message('m')
        result()
        """);
    String state = "stat -c '%U %a' " + SandboxLayout.STATE;
    String before = fleet.asRoot(state);

    fleet.agents.run(fleet.turn(0, PromptKind.REVIEW));
    fleet.agents.run(fleet.turn(1, PromptKind.FOLLOW_UP));

    assertThat(fleet.incarnations()).isEqualTo("0.0.0\n0.1.0\n");
    assertThat(fleet.asRoot(state)).isEqualTo(before);
    assertThat(fleet.asRoot("ls " + SandboxLayout.STATE)).doesNotContain("settings.json");
  }

  @Test
  void aStoreThatTakesNothingCostsTheTurnNoneOfItsAttempts() {
    costsNoAttempt(
        new ArtifactException("No space left on device", null), "left can't be stored now");
  }

  @Test
  void anE2bWhoseGatewayFailsCostsATurnThatHasEndedNoneOfItsAttempts() {
    costsNoAttempt(
        new E2bStatusException(
            new E2bStatusException.Answer("read /out", 503, "GET", "/files", "busy", null)),
        "was lost sight of");
  }

  /** Brings the turn in where its first attempts fail like this. */
  private void costsNoAttempt(RuntimeException failure, String message) {
    TurnInput input = fleet.turn(0, PromptKind.REVIEW);
    List<RunBeat> beats = new CopyOnWriteArrayList<>();
    AgentActivities failing = fleet.agentsOver(takingNothing(fleet.store, failure), beats::add);
    for (int attempt = 0; attempt < 2; attempt++) {
      assertThatThrownBy(() -> failing.run(input))
          .cause()
          .isInstanceOfSatisfying(
              ApplicationFailure.class,
              e -> {
                assertThat(e.getOriginalMessage()).contains(message);
                assertThat(e.isNonRetryable()).isFalse();
              });
      assertThat(beats.get(beats.size() - 1).progress().attemptsWithoutProgress()).isZero();
    }

    assertThat(fleet.agents.run(input).cause()).isNull();
    assertThat(fleet.incarnations()).isEqualTo("0.0.0\n");
  }

  /** The store, where what is put fails like this. */
  private static ArtifactStore takingNothing(ArtifactStore store, RuntimeException failure) {
    return WatchedStore.of(
        store,
        (method, path) -> {
          if (method.startsWith("put")) {
            throw failure;
          }
        });
  }

  @Test
  void aTurnThatIsGivenUpWhileItsStopNeverCameThroughIsStopped() throws Exception {
    TurnInput input = fleet.turn(0, PromptKind.REVIEW);
    fleet.agent(
        """
        message('m')
        time.sleep(600)
        """);
    CompletableFuture<TurnOutcome> following =
        CompletableFuture.supplyAsync(() -> fleet.agentsOfAnotherWorker().run(input));
    while (fleet.asRoot("ls -s " + SandboxLayout.STATE + "/runs/*/out 2>/dev/null").isBlank()) {
      assertThat(following).isNotDone();
    }

    TurnOutcome outcome = fleet.agents.run(input.endedBy(Cause.AGENT_TIMEOUT));

    assertThat(outcome.cause()).isEqualTo(Cause.AGENT_TIMEOUT);
    assertThat(fleet.asRoot("pgrep -fc '[r]ehearsal_agent' || true").strip()).isEqualTo("0");
    assertThatThrownBy(() -> following.get(Waiting.LONG.toSeconds(), TimeUnit.SECONDS))
        .hasMessageContaining("stopped");
  }

  @Test
  void eightAttemptsAtOnceStartOneProcess() throws Exception {
    TurnInput input = fleet.turn(0, PromptKind.REVIEW);
    ExecutorService threads = Executors.newFixedThreadPool(8);
    List<CompletableFuture<TurnOutcome>> attempts =
        IntStream.range(0, 8)
            .mapToObj(i -> fleet.agentsOfAnotherWorker())
            .map(worker -> CompletableFuture.supplyAsync(() -> worker.run(input), threads))
            .toList();

    for (CompletableFuture<TurnOutcome> attempt : attempts) {
      assertThat(attempt.get(Waiting.LONG.toSeconds(), TimeUnit.SECONDS).cause()).isNull();
    }
    threads.shutdown();
    assertThat(fleet.incarnations()).isEqualTo("0.0.0\n");
  }

  @Test
  void whatIsReadStaysWholeWhileALateAttemptWritesItAnew() throws Exception {
    Sandbox root = fleet.sandbox().withUser(SandboxLayout.ROOT);
    String prompt = SandboxLayout.STATE + "/prompt";
    String text = "Look.\n".repeat(10_000);
    WholeFiles.write(root.files(), Map.of(prompt, text.getBytes(UTF_8)));
    CompletableFuture<String> read =
        CompletableFuture.supplyAsync(
            () ->
                root.commands()
                    .run(
                        Command.of(
                            "bash",
                            "-c",
                            """
                            exec 3<"$0"; touch "$0.open"
                            until [ -e "$0.go" ]; do sleep 0.05; done; cat <&3""",
                            prompt))
                    .stdout());
    while (!root.files().exists(prompt + ".open")) {
      assertThat(read).isNotDone();
    }

    WholeFiles.write(root.files(), Map.of(prompt, "Look again.\n".getBytes(UTF_8)));
    root.files().write(prompt + ".go", new byte[0]);

    assertThat(read.get(Waiting.LONG.toSeconds(), TimeUnit.SECONDS)).isEqualTo(text);
    assertThat(root.files().readText(prompt)).isEqualTo("Look again.\n");
  }

  @Test
  void anotherLeasesFenceIsRefused() {
    fleet
        .sandbox()
        .withUser("root")
        .files()
        .write(SandboxLayout.STATE + "/fence", "another".getBytes(UTF_8));

    assertThatThrownBy(() -> fleet.agents.run(fleet.turn(0, PromptKind.REVIEW)))
        .isInstanceOf(ActivityFailure.class)
        .cause()
        .isInstanceOfSatisfying(
            ApplicationFailure.class,
            e -> {
              assertThat(e.getType()).isEqualTo(Cause.CANCELLED.code());
              assertThat(e.isNonRetryable()).isTrue();
            });
  }

  @Test
  void aStoppedTurnIsNeverStartedAgain() {
    assertThat(fleet.stops.stop(new StopInput(fleet.sandboxId, AgentFixture.FENCE, 0, 0)).state())
        .isEqualTo("stopped");

    assertThatThrownBy(() -> fleet.agents.run(fleet.turn(0, PromptKind.REVIEW)))
        .hasStackTraceContaining("was stopped");
  }

  @Test
  void aSandboxThatIsGoneIsSaidToBeLost() {
    fleet.client.kill(fleet.sandboxId);

    assertThatThrownBy(() -> fleet.agents.run(fleet.turn(0, PromptKind.REVIEW)))
        .cause()
        .isInstanceOfSatisfying(
            ApplicationFailure.class,
            e -> assertThat(e.getType()).isEqualTo(Cause.SANDBOX_LOST.code()));
    assertThat(fleet.stops.stop(new StopInput(fleet.sandboxId, AgentFixture.FENCE, 0, 0)).state())
        .isEqualTo("gone");
  }

  @Test
  void theAgentsUserReadsNeitherFenceNorOutput() {
    fleet.agents.run(fleet.turn(0, PromptKind.REVIEW));

    assertThat(
            fleet
                .sandbox()
                .withUser("user")
                .commands()
                .run(Command.of("cat", SandboxLayout.STATE + "/fence"))
                .exitCode())
        .isNotZero();
  }

  @Test
  void inARebuiltSandboxTheCutTurnGoesOnAndIsToldOfTheMove() {
    fleet.prepare(3);
    fleet.agent(
        """
        if number == 3:
            sys.exit(1)
        result()
        """);
    String said = "{\"type\":\"user\",\"message\":{\"role\":\"user\",\"content\":\"Review\"}}\n";
    fleet.sandbox().files().write(transcript(), said.getBytes(UTF_8));
    TurnInput turn = on(fleet.turn(0, PromptKind.REVIEW), new TurnBasis(3, null, 0L, true), null);

    TurnOutcome outcome = fleet.agents.run(turn);

    assertThat(outcome.cause()).isEqualTo(Cause.AGENT_CRASHED);
    assertThat(outcome.incarnation()).isEqualTo(3);
    assertThat(outcome.promptEntered()).isTrue();
    assertThat(fleet.incarnations()).isEqualTo("0.0.3\n");
    assertThat(fleet.home("told.3"))
        .contains("--resume", "moved to a fresh machine", "You were interrupted")
        .doesNotContain("Review this repository");
  }

  @Test
  void inARebuiltSandboxATurnThatHadNotBegunGetsItsPrompt() {
    fleet.prepare(1);
    fleet.agent("result()\n");
    TurnInput turn = on(fleet.turn(0, PromptKind.REVIEW), new TurnBasis(1, null, null, true), null);

    assertThat(fleet.agents.run(turn).incarnation()).isEqualTo(1);

    assertThat(fleet.home("told.1"))
        .contains("--session-id", "moved to a fresh machine", "Review this repository.");
  }

  @Test
  void aWorkerWithAnotherStoreStartsNothingAndIsTriedAgain() {
    TurnInput turn = on(fleet.turn(0, PromptKind.REVIEW), null, "of-another-batch");

    assertThatThrownBy(() -> fleet.agents.run(turn))
        .cause()
        .isInstanceOfSatisfying(
            ApplicationFailure.class,
            e -> {
              assertThat(e.getType()).isEqualTo("store_mismatch");
              assertThat(e.isNonRetryable()).isFalse();
              assertThat(e.getOriginalMessage())
                  .contains("of-another-batch", "REPOFLEET_ARTIFACTS");
            });
    assertThat(fleet.incarnations()).isEmpty();
    assertThat(
            fleet
                .agents
                .run(on(fleet.turn(0, PromptKind.REVIEW), null, fleet.store.storeId()))
                .cause())
        .isNull();
  }

  @Test
  void aTurnThatWasStoppedBeforeItBeganLeavesNothing() {
    fleet.stops.stop(new StopInput(fleet.sandboxId, AgentFixture.FENCE, 0, 0));

    TurnOutcome outcome =
        fleet.agents.run(fleet.turn(0, PromptKind.REVIEW).endedBy(Cause.AGENT_TIMEOUT));

    assertThat(outcome.cause()).isEqualTo(Cause.AGENT_TIMEOUT);
    assertThat(outcome.usage()).isEqualTo(UsageTotals.NONE);
    assertThat(outcome.promptEntered()).isFalse();
    assertThat(fleet.incarnations()).isEmpty();
  }

  private static String transcript() {
    return SandboxLayout.transcript(null, fleet.session);
  }

  private static TurnInput on(TurnInput turn, @Nullable TurnBasis basis, @Nullable String store) {
    return new TurnInput(
        turn.batch(),
        turn.key(),
        turn.sandboxId(),
        turn.fence(),
        turn.generation(),
        turn.turn(),
        turn.sessionId(),
        turn.prompt(),
        turn.followUp(),
        turn.commit(),
        turn.subpath(),
        turn.agent(),
        turn.plan(),
        turn.budgetUsd(),
        turn.turns(),
        turn.time(),
        turn.checkpointEvery(),
        store,
        basis,
        false,
        null,
        null,
        null);
  }
}
