package dev.repofleet.worker.agent;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.ArtifactPaths;
import dev.repofleet.artifacts.ArtifactRef;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.ArtifactStores;
import dev.repofleet.artifacts.FollowUp;
import dev.repofleet.artifacts.Plan;
import dev.repofleet.e2b.Command;
import dev.repofleet.e2b.E2bClient;
import dev.repofleet.e2b.E2bOptions;
import dev.repofleet.e2b.Sandbox;
import dev.repofleet.e2b.SandboxQuery;
import dev.repofleet.e2b.local.Isolation;
import dev.repofleet.e2b.local.LocalSandboxOptions;
import dev.repofleet.e2b.local.LocalSandboxServer;
import dev.repofleet.worker.FleetMetrics;
import dev.repofleet.worker.PlanSource;
import dev.repofleet.worker.git.KnownSecrets;
import dev.repofleet.worker.sandbox.SandboxActivitiesImpl;
import dev.repofleet.worker.sandbox.SandboxConnections;
import dev.repofleet.worker.sandbox.SandboxLayout;
import dev.repofleet.worker.sandbox.SandboxPreparation;
import dev.repofleet.workflows.AgentKind;
import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.PlanRef;
import dev.repofleet.workflows.activities.AgentActivities;
import dev.repofleet.workflows.activities.LeaseInput;
import dev.repofleet.workflows.activities.PrepareInput;
import dev.repofleet.workflows.activities.PromptKind;
import dev.repofleet.workflows.activities.ReleaseInput;
import dev.repofleet.workflows.activities.SandboxActivities;
import dev.repofleet.workflows.activities.StopActivities;
import dev.repofleet.workflows.activities.StopInput;
import dev.repofleet.workflows.activities.TurnInput;
import dev.repofleet.workflows.activities.TurnOutcome;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.ApplicationFailure;
import io.temporal.testing.TestActivityEnvironment;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One turn in a real sandbox: the real run script, and the rehearsal agent in a real repository.
 */
class AgentRunIT {
  private static final String FENCE = "0123456789abcdef0123456789abcdef";

  @TempDir static Path folder;
  private static LocalSandboxServer server;
  private static E2bClient client;
  private static ArtifactStore store;
  private static TestActivityEnvironment temporal;
  private static SandboxActivities sandboxes;
  private static AgentActivities agents;
  private static StopActivities stops;
  private static PlanRef plan;

  private String session;
  private String sandboxId;
  private String leaseId;

  @BeforeAll
  static void start() throws Exception {
    Isolation isolation = Isolation.detect();
    if (!"true".equals(System.getenv("CI"))) {
      Assumptions.assumeTrue(isolation.isolated(), () -> "needs bwrap: " + isolation);
    }
    server =
        new LocalSandboxServer(LocalSandboxOptions.builder(folder.resolve("sandboxes")).build())
            .start();
    client =
        new E2bClient(
            E2bOptions.builder()
                .apiKey(server.apiKey())
                .apiUrl(server.uri().toString())
                .sandboxUrl(server.uri().toString())
                .build());
    store = ArtifactStores.open(folder.resolve("artifacts").toString());
    byte[] json =
        ArtifactJson.pretty(
            Plan.builder("test", "Review this repository.")
                .rules(List.of("hardcoded-secret", "command-injection", "insecure-deserialization"))
                .followUps(List.of(new FollowUp("Fix the findings.", "always")))
                .build());
    ArtifactRef ref = store.put(json);
    plan = new PlanRef(ref.uri(), ref.sha256(), "test");
    temporal = TestActivityEnvironment.newInstance();
    SandboxConnections connections = new SandboxConnections(client);
    temporal.registerActivitiesImplementations(
        new SandboxActivitiesImpl(client, connections, new SandboxPreparation()),
        new StopActivitiesImpl(client),
        new AgentActivitiesImpl(
            connections,
            store,
            new PlanSource(store),
            new AgentEnvironment(Map.of()),
            KnownSecrets.of(Map.of()),
            new FleetMetrics()));
    sandboxes = temporal.newActivityStub(SandboxActivities.class);
    agents = temporal.newActivityStub(AgentActivities.class);
    stops = temporal.newActivityStub(StopActivities.class);
  }

  @AfterAll
  static void stop() {
    if (temporal != null) {
      temporal.close();
      client.close();
      server.close();
    }
  }

  @BeforeEach
  void lease() {
    session = UUID.randomUUID().toString();
    leaseId = "review/b/k:" + session;
    sandboxId =
        sandboxes
            .lease(new LeaseInput("repofleet", leaseId, "claude", Duration.ofMinutes(10)))
            .sandboxId();
    sandbox()
        .commands()
        .run(
            Command.shell(
                "mkdir -p ~/repo && cd ~/repo && git init -q && printf 'import yaml\\ndef f(s):\\n"
                    + "    return yaml.load(s)\\n' > a.py && git add -A && git -c user.name=t"
                    + " -c user.email=t@t commit -qm one"));
    sandboxes.prepare(
        new PrepareInput("b", session, sandboxId, FENCE, 0, 0, 0, AgentKind.REHEARSAL, plan));
  }

  @AfterEach
  void release() {
    sandboxes.release(new ReleaseInput("repofleet", leaseId, sandboxId));
    assertThat(client.list(SandboxQuery.all())).isEmpty();
  }

  @Test
  void aTurnGivesItsAnswerAndAFollowUpEditsInTheSameSession() {
    TurnOutcome review = agents.run(turn(0, PromptKind.REVIEW));

    assertThat(review.cause()).as(review.message()).isNull();
    assertThat(new String(store.read(requireNonNull(review.answerUri(), "answer"), 1 << 20), UTF_8))
        .contains("insecure-deserialization", "a.py");
    assertThat(review.transcriptUri()).isNotNull();
    assertThat(review.usage().costUsd()).isZero();
    assertThat(linesOf(store.list(ArtifactPaths.liveFolder("b", session))))
        .isNotEmpty()
        .isEqualTo(linesOf(List.of(requireNonNull(review.eventsUri(), "events"))));

    TurnOutcome fix = agents.run(turn(1, PromptKind.FOLLOW_UP));

    assertThat(fix.cause()).as(fix.message()).isNull();
    assertThat(new String(sandbox().files().read("/home/user/repo/a.py"), UTF_8))
        .contains("safe_load");
  }

  private static List<String> linesOf(List<String> uris) {
    return uris.stream()
        .flatMap(
            uri -> {
              try (InputStream in = new GZIPInputStream(store.open(uri))) {
                return new String(in.readAllBytes(), UTF_8).lines();
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            })
        .toList();
  }

  @Test
  void aSecondAttemptFindsTheResultAndStartsNothing() {
    TurnInput input = turn(0, PromptKind.REVIEW);
    TurnOutcome first = agents.run(input);

    assertThat(agents.run(input)).isEqualTo(first);
    assertThat(incarnations()).isEqualTo("0.0.0\n");
  }

  @Test
  void eightAttemptsAtOnceStartOneProcess() throws Exception {
    TurnInput input = turn(0, PromptKind.REVIEW);
    List<CompletableFuture<TurnOutcome>> attempts =
        IntStream.range(0, 8)
            .mapToObj(i -> CompletableFuture.supplyAsync(() -> agents.run(input)))
            .toList();

    for (CompletableFuture<TurnOutcome> attempt : attempts) {
      assertThat(attempt.get(60, TimeUnit.SECONDS).cause()).isNull();
    }
    assertThat(incarnations()).isEqualTo("0.0.0\n");
  }

  @Test
  void anotherLeasesFenceIsRefused() {
    sandbox()
        .withUser("root")
        .files()
        .write(SandboxLayout.STATE + "/fence", "another".getBytes(UTF_8));

    assertThatThrownBy(() -> agents.run(turn(0, PromptKind.REVIEW)))
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
    assertThat(stops.stop(new StopInput(sandboxId, FENCE, 0, 0)).state()).isEqualTo("stopped");

    assertThatThrownBy(() -> agents.run(turn(0, PromptKind.REVIEW)))
        .hasStackTraceContaining("was stopped");
  }

  @Test
  void aSandboxThatIsGoneIsSaidToBeLost() {
    client.kill(sandboxId);

    assertThatThrownBy(() -> agents.run(turn(0, PromptKind.REVIEW)))
        .cause()
        .isInstanceOfSatisfying(
            ApplicationFailure.class,
            e -> assertThat(e.getType()).isEqualTo(Cause.SANDBOX_LOST.code()));
    assertThat(stops.stop(new StopInput(sandboxId, FENCE, 0, 0)).state()).isEqualTo("gone");
  }

  @Test
  void theAgentsUserReadsNeitherFenceNorOutput() {
    agents.run(turn(0, PromptKind.REVIEW));

    assertThat(
            sandbox()
                .withUser("user")
                .commands()
                .run(Command.of("cat", SandboxLayout.STATE + "/fence"))
                .exitCode())
        .isNotZero();
  }

  private Sandbox sandbox() {
    return client.connect(sandboxId, Duration.ofMinutes(5));
  }

  private String incarnations() {
    return sandbox()
        .withUser("root")
        .commands()
        .run(Command.of("ls", SandboxLayout.STATE + "/runs"))
        .stdout();
  }

  private TurnInput turn(int number, PromptKind prompt) {
    return new TurnInput(
        "b",
        session,
        sandboxId,
        FENCE,
        0,
        number,
        session,
        prompt,
        0,
        "commit",
        null,
        AgentKind.REHEARSAL,
        plan,
        1,
        50,
        Duration.ofMinutes(2),
        Duration.ofMinutes(1));
  }
}
