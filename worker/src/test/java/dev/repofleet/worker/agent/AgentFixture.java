package dev.repofleet.worker.agent;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.ArtifactRef;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.ArtifactStores;
import dev.repofleet.artifacts.plan.Approval;
import dev.repofleet.artifacts.plan.FollowUp;
import dev.repofleet.artifacts.plan.Plan;
import dev.repofleet.e2b.Command;
import dev.repofleet.e2b.E2bClient;
import dev.repofleet.e2b.E2bOptions;
import dev.repofleet.e2b.NotFoundException;
import dev.repofleet.e2b.Sandbox;
import dev.repofleet.e2b.SandboxQuery;
import dev.repofleet.e2b.local.LocalSandboxOptions;
import dev.repofleet.e2b.local.LocalSandboxServer;
import dev.repofleet.e2b.local.host.Isolation;
import dev.repofleet.worker.connection.SandboxConnections;
import dev.repofleet.worker.connection.SandboxLayout;
import dev.repofleet.worker.metrics.FleetMetrics;
import dev.repofleet.worker.plan.PlanSource;
import dev.repofleet.worker.sandbox.RecordingPool;
import dev.repofleet.worker.sandbox.SandboxPreparation;
import dev.repofleet.worker.secrets.AgentEnvironment;
import dev.repofleet.worker.secrets.KnownSecrets;
import dev.repofleet.worker.testing.Inputs;
import dev.repofleet.workflows.AgentKind;
import dev.repofleet.workflows.PlanRef;
import dev.repofleet.workflows.activities.agent.AgentActivities;
import dev.repofleet.workflows.activities.agent.PromptKind;
import dev.repofleet.workflows.activities.agent.StopActivities;
import dev.repofleet.workflows.activities.agent.TurnInput;
import dev.repofleet.workflows.activities.sandbox.PrepareInput;
import dev.repofleet.workflows.activities.sandbox.SandboxActivities;
import io.temporal.testing.TestActivityEnvironment;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.worker.WorkerFactoryOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/** Local sandboxes and the activities of agents, and one leased sandbox at a time. */
final class AgentFixture implements AutoCloseable {
  static final String FENCE = "0123456789abcdef0123456789abcdef";

  /** What an agent of a test has: its streams, the session's transcript, its own arguments. */
  private static final String PREAMBLE =
      """
      import json, os, sys, time
      if '--version' in sys.argv:
          print('1')
          sys.exit()
      home = os.environ['HOME']
      number = int(os.environ['RF_RUN'].split('.')[2])
      argv = sys.argv[1:]
      def value(flag):
          return argv[argv.index(flag) + 1] if flag in argv else None
      session = value('--session-id') or value('--resume')
      folder = home + '/.claude/projects/-home-user-repo'
      os.makedirs(folder, exist_ok=True)
      transcript = folder + '/' + session + '.jsonl'
      prompt = sys.stdin.read()
      json.dump({'argv': argv, 'prompt': prompt, 'before': os.path.exists(transcript)},
                open(home + '/told.' + str(number), 'w'))
      def say(**line):
          print(json.dumps(line), flush=True)
      def keep(**line):
          with open(transcript, 'a') as file:
              file.write(json.dumps(line) + '\\n')
      def message(name, final=True, **usage):
          line = {'id': name, 'model': 'claude-opus-4-8', 'content': [], 'usage': usage}
          line['stop_reason'] = None
          say(type='assistant', message=line)
          if final:
              keep(type='assistant', message=dict(line, stop_reason='tool_use'))
      def result(cost=0.0, **more):
          say(**dict({'type': 'result', 'subtype': 'success', 'is_error': False,
                      'num_turns': 1, 'duration_ms': 10, 'total_cost_usd': cost,
                      'usage': {'output_tokens': 5}}, **more))
      """;

  final E2bClient client;
  final ArtifactStore store;

  /** Of {@link #agents}. */
  final TestActivityEnvironment temporal;

  final SandboxActivities sandboxes;
  final AgentActivities agents;
  final StopActivities stops;
  final RecordingPool pool = new RecordingPool();
  final PlanRef plan;
  private final AgentKind kind;
  private final LocalSandboxServer server;
  private final AgentEnvironment environment;
  private final AgentActivitiesImpl runs;
  private final List<TestActivityEnvironment> workers = new ArrayList<>();

  String session = "";
  String sandboxId = "";
  private String leaseId = "";

  AgentFixture(Path folder, Plan.Builder planned) throws IOException {
    this(folder, planned, AgentKind.REHEARSAL, Map.of(), System.getenv());
  }

  /**
   * @param worker the environment the worker has for its agents
   * @param host the environment in which sandboxes look for their tools
   */
  AgentFixture(
      Path folder,
      Plan.Builder planned,
      AgentKind kind,
      Map<String, String> worker,
      Map<String, String> host)
      throws IOException {
    this.kind = kind;
    Isolation isolation = Isolation.detect();
    if (!"true".equals(System.getenv("CI"))) {
      Assumptions.assumeTrue(isolation.isolated(), () -> "needs bwrap: " + isolation);
    }
    server =
        new LocalSandboxServer(
                LocalSandboxOptions.builder(folder.resolve("sandboxes"))
                    .hostEnvironment(host)
                    .build())
            .start();
    client = new E2bClient(E2bOptions.fromEnvironment(server.environment()));
    store = ArtifactStores.open(folder.resolve("artifacts").toString());
    ArtifactRef ref = store.put(ArtifactJson.pretty(planned.build()));
    plan = new PlanRef(ref.uri(), ref.sha256(), "test");
    environment = new AgentEnvironment(worker);
    runs = runs(store);
    temporal = worker(runs);
    agents = temporal.newActivityStub(AgentActivities.class);
    TestActivityEnvironment beside =
        worker(
            pool.activities(client, new SandboxPreparation(store, new PlanSource(store), Map.of())),
            new StopActivitiesImpl(client));
    sandboxes = beside.newActivityStub(SandboxActivities.class);
    stops = beside.newActivityStub(StopActivities.class);
  }

  private AgentActivitiesImpl runs(ArtifactStore results) {
    return new AgentActivitiesImpl(
        new SandboxConnections(client),
        results,
        new PlanSource(store),
        environment,
        KnownSecrets.of(Map.of()),
        new FleetMetrics());
  }

  /** One of these runs one activity at a time. */
  private TestActivityEnvironment worker(Object... activities) {
    TestActivityEnvironment worker = TestActivityEnvironment.newInstance();
    workers.add(worker);
    worker.registerActivitiesImplementations(activities);
    return worker;
  }

  /** To run a turn beside one that {@link #agents} runs. */
  AgentActivities agentsOfAnotherWorker() {
    return worker(runs).newActivityStub(AgentActivities.class);
  }

  /** One that keeps what it brings in elsewhere; each of its heartbeats is heard. */
  AgentActivities agentsOver(ArtifactStore other, Consumer<RunBeat> beats) {
    TestActivityEnvironment worker =
        TestActivityEnvironment.newInstance(
            TestEnvironmentOptions.newBuilder()
                .setWorkerFactoryOptions(
                    WorkerFactoryOptions.newBuilder()
                        .setWorkerInterceptors(new HeardBeats(beats))
                        .build())
                .build());
    workers.add(worker);
    worker.registerActivitiesImplementations(runs(other));
    return worker.newActivityStub(AgentActivities.class);
  }

  static Plan.Builder plan() {
    return Plan.builder("test", "Review this repository.")
        .rules(List.of("hardcoded-secret", "command-injection", "insecure-deserialization"))
        .followUps(List.of(new FollowUp("Fix the findings.", "always", Approval.NONE)));
  }

  /** A fresh sandbox with a small repository, prepared for turn 0. */
  void lease() {
    session = UUID.randomUUID().toString();
    leaseId = "review/b/k:" + session;
    sandboxId = sandboxes.lease(Inputs.lease(leaseId)).sandboxId();
    sandbox()
        .commands()
        .run(
            Command.shell(
                "mkdir -p ~/repo && cd ~/repo && git init -q && printf 'import yaml\\ndef f(s):\\n"
                    + "    return yaml.load(s)\\n' > a.py && git add -A && git -c user.name=t"
                    + " -c user.email=t@t commit -qm one"));
    prepare(0);
  }

  /** Prepared for a sandbox's first process of turn 0. */
  void prepare(int incarnation) {
    prepare(incarnation, FENCE, null);
  }

  /** As an attempt does that works for a lease. */
  void prepare(int incarnation, String fence, @Nullable String lease) {
    sandboxes.prepare(
        new PrepareInput(
            "b",
            session,
            sandboxId,
            fence,
            0,
            0,
            incarnation,
            kind,
            plan,
            null,
            null,
            null,
            null,
            lease,
            null));
  }

  String leaseId() {
    return leaseId;
  }

  void release() {
    sandboxes.release(Inputs.release(leaseId, sandboxId));
    assertThat(client.list(SandboxQuery.all())).isEmpty();
  }

  @Override
  public void close() {
    workers.forEach(TestActivityEnvironment::close);
    client.close();
    server.close();
  }

  /** Puts an agent of this test in the place of the rehearsal. */
  void agent(String python) {
    sandbox()
        .files()
        .write(SandboxLayout.REHEARSAL_AGENT, (PREAMBLE + python.stripIndent()).getBytes(UTF_8));
  }

  Sandbox sandbox() {
    return client.connect(sandboxId, Duration.ofMinutes(5));
  }

  /** Output of a line of shell that root runs in the sandbox. */
  String asRoot(String line) {
    return sandbox().withUser("root").commands().run(Command.shell(line)).stdout();
  }

  /** The content of a file of the agent's home; empty when there is none. */
  String home(String name) {
    try {
      return new String(sandbox().files().read(SandboxLayout.HOME + "/" + name), UTF_8);
    } catch (NotFoundException e) {
      return "";
    }
  }

  String incarnations() {
    return asRoot("ls " + SandboxLayout.STATE + "/runs");
  }

  TurnInput turn(int number, PromptKind prompt) {
    return turn(number, prompt, Duration.ofMinutes(10));
  }

  TurnInput turn(int number, PromptKind prompt, Duration time) {
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
        kind,
        plan,
        1,
        50,
        time,
        Duration.ofMinutes(1),
        null,
        null,
        false,
        null,
        null,
        null);
  }
}
