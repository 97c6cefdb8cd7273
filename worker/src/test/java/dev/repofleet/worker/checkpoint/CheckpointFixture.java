package dev.repofleet.worker.checkpoint;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.ArtifactRef;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.ArtifactStores;
import dev.repofleet.artifacts.plan.Approval;
import dev.repofleet.artifacts.plan.FollowUp;
import dev.repofleet.artifacts.plan.Plan;
import dev.repofleet.artifacts.result.Checkpoint;
import dev.repofleet.e2b.Command;
import dev.repofleet.e2b.CommandResult;
import dev.repofleet.e2b.E2bClient;
import dev.repofleet.e2b.E2bOptions;
import dev.repofleet.e2b.Sandbox;
import dev.repofleet.e2b.SandboxSpec;
import dev.repofleet.e2b.local.LocalSandboxOptions;
import dev.repofleet.e2b.local.LocalSandboxServer;
import dev.repofleet.e2b.local.host.Isolation;
import dev.repofleet.worker.agent.AgentActivitiesImpl;
import dev.repofleet.worker.connection.SandboxConnections;
import dev.repofleet.worker.connection.SandboxLayout;
import dev.repofleet.worker.git.GitActivitiesImpl;
import dev.repofleet.worker.git.TestGit;
import dev.repofleet.worker.git.TreeChanges;
import dev.repofleet.worker.metrics.FleetMetrics;
import dev.repofleet.worker.plan.PlanSource;
import dev.repofleet.worker.sandbox.RecordingPool;
import dev.repofleet.worker.sandbox.SandboxPreparation;
import dev.repofleet.worker.secrets.AgentEnvironment;
import dev.repofleet.worker.secrets.KnownSecrets;
import dev.repofleet.worker.testing.Inputs;
import dev.repofleet.worker.testing.Waiting;
import dev.repofleet.workflows.AgentKind;
import dev.repofleet.workflows.PlanRef;
import dev.repofleet.workflows.activities.agent.AgentActivities;
import dev.repofleet.workflows.activities.agent.PromptKind;
import dev.repofleet.workflows.activities.agent.TurnBasis;
import dev.repofleet.workflows.activities.agent.TurnInput;
import dev.repofleet.workflows.activities.git.CloneInput;
import dev.repofleet.workflows.activities.git.GitActivities;
import dev.repofleet.workflows.activities.git.ResolveOutcome;
import dev.repofleet.workflows.activities.sandbox.PrepareInput;
import dev.repofleet.workflows.activities.sandbox.PrepareOutcome;
import dev.repofleet.workflows.activities.sandbox.SandboxActivities;
import dev.repofleet.workflows.order.Target;
import io.temporal.testing.TestActivityEnvironment;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/** Real sandboxes with a clone of one repository, an artifact store, and turns of a session. */
final class CheckpointFixture implements AutoCloseable {
  static final String FENCE = "0123456789abcdef0123456789abcdef";
  static final String SECRET = "sk-ant-worker-0123456789";

  final ArtifactStore store;
  final String session = UUID.randomUUID().toString();
  final String commit;
  final PlanRef plan;
  final AgentActivities agents;
  private final LocalSandboxServer server;
  private final E2bClient client;
  private final TestActivityEnvironment temporal;
  private final SandboxActivities sandboxes;
  private final GitActivities git;
  private final Target target;

  CheckpointFixture(Path folder, Path repository, Map<String, String> host) throws IOException {
    Isolation isolation = Isolation.detect();
    if (!"true".equals(System.getenv("CI"))) {
      assumeTrue(isolation.isolated(), () -> "needs bwrap: " + isolation);
    }
    server =
        new LocalSandboxServer(
                LocalSandboxOptions.builder(folder.resolve("sandboxes"))
                    .isolation(isolation)
                    .hostEnvironment(host)
                    .build())
            .start();
    client = new E2bClient(E2bOptions.fromEnvironment(server.environment()));
    store = ArtifactStores.open(folder.resolve("store").toString());
    ArtifactRef written =
        store.put(
            ArtifactJson.pretty(
                Plan.builder("test", "Review this repository.")
                    .rules(List.of("insecure-deserialization"))
                    .followUps(List.of(new FollowUp("Fix the findings.", "always", Approval.NONE)))
                    .build()));
    plan = new PlanRef(written.uri(), written.sha256(), "test");
    temporal = TestActivityEnvironment.newInstance();
    SandboxConnections connections = new SandboxConnections(client);
    PlanSource plans = new PlanSource(store);
    Map<String, String> worker = Map.of("ANTHROPIC_API_KEY", SECRET);
    KnownSecrets secrets = KnownSecrets.of(worker);
    temporal.registerActivitiesImplementations(
        new RecordingPool()
            .activities(client, new SandboxPreparation(store, new PlanSource(store), worker)),
        new GitActivitiesImpl(connections, store, plans, worker),
        new AgentActivitiesImpl(
            connections, store, plans, new AgentEnvironment(worker), secrets, new FleetMetrics()));
    sandboxes = temporal.newActivityStub(SandboxActivities.class);
    git = temporal.newActivityStub(GitActivities.class);
    agents = temporal.newActivityStub(AgentActivities.class);
    commit = TestGit.git(repository, "rev-parse", "HEAD");
    TestGit.git(repository, "bundle", "create", "-q", folder.resolve("bundle").toString(), "HEAD");
    String bundle = store.put(folder.resolve("bundle")).uri();
    target = Inputs.bundle("./one", null, commit, bundle);
  }

  /** A repository with something of every kind. */
  static Path repository(Path folder) throws IOException {
    return TestGit.repository(
        folder.resolve("one"),
        Map.of(
            "a.py",
            "import yaml\ndef f(s):\n    return yaml.load(s)\n",
            "deleted.txt",
            "gone\n",
            "d/moved.txt",
            "moved\n",
            "tool.sh",
            "#!/bin/sh\n",
            "crlf.txt",
            "a\r\nb\r\n",
            ".gitattributes",
            "*.win text eol=crlf\n",
            "x.win",
            "one\ntwo\n"));
  }

  @Override
  public void close() {
    temporal.close();
    client.close();
    server.close();
  }

  /** A sandbox with the clone, nothing else. */
  Sandbox cloned() {
    return cloned("base");
  }

  Sandbox cloned(String template) {
    Sandbox sandbox =
        client.create(
            SandboxSpec.builder().template(template).timeout(Duration.ofMinutes(5)).build());
    git.cloneRepository(
        new CloneInput(
            "b", "k", sandbox.sandboxId(), target, new ResolveOutcome(commit, null), plan, null));
    return sandbox;
  }

  PrepareOutcome prepare(Sandbox sandbox) {
    return prepare(sandbox, AgentKind.REHEARSAL, store.storeId());
  }

  PrepareOutcome prepare(Sandbox sandbox, AgentKind agent, @Nullable String storeId) {
    return prepare(sandbox, agent, storeId, null);
  }

  /** For a turn 0 that is asked this. */
  PrepareOutcome prepare(
      Sandbox sandbox, AgentKind agent, @Nullable String storeId, @Nullable String asked) {
    return sandboxes.prepare(
        new PrepareInput(
            "b",
            "k",
            sandbox.sandboxId(),
            FENCE,
            0,
            0,
            0,
            agent,
            plan,
            storeId,
            session,
            commit,
            null,
            null,
            asked));
  }

  TurnInput turn(Sandbox sandbox, int turn, PromptKind prompt, @Nullable TurnBasis basis) {
    return new TurnInput(
        "b",
        "k",
        sandbox.sandboxId(),
        FENCE,
        0,
        turn,
        session,
        prompt,
        0,
        commit,
        null,
        AgentKind.REHEARSAL,
        plan,
        1,
        50,
        Duration.ofMinutes(10),
        Duration.ofSeconds(1),
        store.storeId(),
        basis,
        false,
        null,
        null,
        null);
  }

  /** Those of the review, as if the last one was long ago. */
  TurnCheckpoints checkpoints(Sandbox sandbox) {
    return new TurnCheckpoints(
        sandbox,
        turn(sandbox, 0, PromptKind.REVIEW, null),
        store,
        KnownSecrets.of(Map.of("ANTHROPIC_API_KEY", SECRET)),
        Clock.systemUTC());
  }

  /** Starts a line of bash as an agent of the review, and waits until it has made {@code ready}. */
  String start(Sandbox sandbox, int incarnation, String bash) {
    String line = start(sandbox, incarnation, List.of("bash", "-c", bash), "go", Map.of());
    Waiting.until(
        "the agent is ready",
        Waiting.LONG,
        () -> sandbox.files().exists(SandboxLayout.REPOSITORY + "/../ready"));
    return line;
  }

  String start(
      Sandbox sandbox,
      int incarnation,
      List<String> argv,
      String prompt,
      Map<String, String> environment) {
    String folder = SandboxLayout.STATE + "/turns/0.0." + incarnation;
    Sandbox root = sandbox.withUser(SandboxLayout.ROOT);
    root.files().write(folder + "/argv", (String.join("\0", argv) + "\0").getBytes(UTF_8));
    root.files().write(folder + "/prompt", prompt.getBytes(UTF_8));
    CommandResult result =
        root.commands()
            .run(
                Command.builder(
                        SandboxLayout.RUN_SCRIPT, "start", FENCE, "0", "0", "" + incarnation, "0")
                    .env(environment)
                    .env("RF_WORKDIR", SandboxLayout.REPOSITORY)
                    .build());
    return result.exitCode() == 0 ? result.stdout() : "exit " + result.exitCode();
  }

  /** An agent that does this, has said so in its transcript, and goes on for ever. */
  void startAgent(Sandbox sandbox, String work) {
    String transcript = transcriptPath();
    start(
        sandbox,
        0,
        """
        mkdir -p "$(dirname %1$s)"
        %2$s
        echo '{"n":1}' >>%1$s; printf '{"half' >>%1$s
        echo output; touch ../ready
        while :; do sleep 0.1; done
        """
            .formatted(transcript, work));
  }

  String state(Sandbox sandbox) {
    return root(sandbox, SandboxLayout.RUN_SCRIPT + " state 0 0").strip();
  }

  /** Output of a shell command by root. */
  String root(Sandbox sandbox, String script) {
    return run(sandbox.withUser(SandboxLayout.ROOT), script);
  }

  /** Output of a shell command by the agent's user in the repository. */
  String agent(Sandbox sandbox, String script) {
    return run(
        sandbox.withUser(SandboxLayout.AGENT_USER),
        "cd %s\n%s".formatted(SandboxLayout.REPOSITORY, script));
  }

  private static String run(Sandbox as, String script) {
    CommandResult result = as.commands().run(Command.of("/bin/bash", "-c", script));
    assertThat(result.exitCode()).as(result.stderr()).isZero();
    return result.stdout();
  }

  /** The letter of the state of the agent's process: T when it is stopped. */
  String agentState(Sandbox sandbox) {
    return root(
            sandbox,
            "sed 's/.*) \\(.\\).*/\\1/' /proc/$(sed -n s/^pgid=//p "
                + SandboxLayout.STATE
                + "/runs/0.0.0/meta)/stat")
        .strip();
  }

  String treeHash(Sandbox sandbox) {
    return new TreeChanges(sandbox, commit, KnownSecrets.of(Map.of()), () -> {})
        .treeHash()
        .orElseThrow();
  }

  String transcriptPath() {
    return SandboxLayout.transcript(null, session);
  }

  String transcript(Sandbox sandbox) {
    return new String(
        sandbox.withUser(SandboxLayout.AGENT_USER).files().read(transcriptPath()), UTF_8);
  }

  /** The transcript that a checkpoint holds. */
  String transcript(Checkpoint checkpoint) {
    byte[] gzipped = store.read(checkpoint.transcript(), 1 << 28);
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(gzipped))) {
      return new String(in.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  List<CheckpointRecords.Found> saved() {
    return new CheckpointRecords(store, "b", "k", 0).of(0);
  }
}
