package dev.repofleet.worker.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.ArtifactRef;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.ArtifactStores;
import dev.repofleet.artifacts.plan.Plan;
import dev.repofleet.e2b.Command;
import dev.repofleet.e2b.CommandResult;
import dev.repofleet.e2b.E2bClient;
import dev.repofleet.e2b.E2bOptions;
import dev.repofleet.e2b.Sandbox;
import dev.repofleet.e2b.SandboxSpec;
import dev.repofleet.e2b.local.LocalSandboxOptions;
import dev.repofleet.e2b.local.LocalSandboxServer;
import dev.repofleet.e2b.local.host.Isolation;
import dev.repofleet.worker.connection.SandboxConnections;
import dev.repofleet.worker.connection.SandboxLayout;
import dev.repofleet.worker.plan.PlanSource;
import dev.repofleet.worker.review.ReviewActivitiesImpl;
import dev.repofleet.worker.testing.Inputs;
import dev.repofleet.workflows.PlanRef;
import dev.repofleet.workflows.activities.git.CloneInput;
import dev.repofleet.workflows.activities.git.CloneOutcome;
import dev.repofleet.workflows.activities.git.DiffInput;
import dev.repofleet.workflows.activities.git.DiffOutcome;
import dev.repofleet.workflows.activities.git.GitActivities;
import dev.repofleet.workflows.activities.git.ResolveInput;
import dev.repofleet.workflows.activities.git.ResolveOutcome;
import dev.repofleet.workflows.activities.review.ReviewActivities;
import dev.repofleet.workflows.order.Target;
import io.temporal.testing.TestActivityEnvironment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A sandbox of this machine, a real Git host, and the steps that speak Git as activities. */
abstract class GitStepsInSandbox {
  /** What no patch may contain. */
  static final String SECRET = "sk-ant-worker-0123456789";

  @TempDir Path folder;
  Isolation isolation;
  LocalSandboxServer sandboxes;
  GitHttpServer host;
  E2bClient client;
  ArtifactStore store;
  PlanRef plan;
  TestActivityEnvironment environment;
  GitActivities git;
  ReviewActivities reviews;
  Sandbox sandbox;
  Path source;

  @BeforeEach
  void start() throws Exception {
    isolation = Isolation.detect();
    if (!"true".equals(System.getenv("CI"))) {
      assumeTrue(isolation.isolated(), () -> "needs bwrap: " + isolation);
    }
    sandboxes =
        new LocalSandboxServer(
                LocalSandboxOptions.builder(folder.resolve("sandboxes"))
                    .isolation(isolation)
                    .build())
            .start();
    source =
        TestGit.repository(
            folder.resolve("git/one"), Map.of("a.py", "a\nb\nc\n", "sub/b.py", "x\ny\n"));
    host = GitHttpServer.serve(folder.resolve("git"));
    client = new E2bClient(E2bOptions.fromEnvironment(sandboxes.environment()));
    store = ArtifactStores.open(folder.resolve("store").toString());
    plan = planned(Plan.builder("p", "Go.").build());
    register(
        Map.of(
            GitHosts.HOSTS,
            host.address(),
            GitHosts.HOSTS_TOKEN,
            GitHttpServer.TOKEN,
            "ANTHROPIC_API_KEY",
            SECRET));
    takeAnotherSandbox();
  }

  /** Goes on in a sandbox in which nothing has been. */
  final void takeAnotherSandbox() {
    sandbox =
        client.create(
            SandboxSpec.builder().template("base").timeout(Duration.ofMinutes(5)).build());
  }

  /** Puts a plan where workers read it. */
  PlanRef planned(Plan wanted) {
    ArtifactRef written =
        store.putNamed(
            "batches/b/plan-" + wanted.hashCode() + ".json", ArtifactJson.pretty(wanted));
    return new PlanRef(written.uri(), written.sha256(), wanted.name());
  }

  final void register(Map<String, String> variables) {
    SandboxConnections connections = new SandboxConnections(client);
    PlanSource plans = new PlanSource(store);
    environment = TestActivityEnvironment.newInstance();
    environment.registerActivitiesImplementations(
        new GitActivitiesImpl(connections, store, plans, variables),
        new ReviewActivitiesImpl(connections, store, plans, variables));
    git = environment.newActivityStub(GitActivities.class);
    reviews = environment.newActivityStub(ReviewActivities.class);
  }

  @AfterEach
  void stop() {
    if (isolation.isolated()) {
      environment.close();
      client.close();
      host.close();
      sandboxes.close();
    }
  }

  static Target url(String url) {
    return Inputs.target("the target", url, null);
  }

  ResolveOutcome resolve(Target target) {
    return git.resolve(new ResolveInput("b", "k", target, null, null, false, null, false));
  }

  CloneOutcome cloned(Target target) {
    return git.cloneRepository(
        new CloneInput("b", "k", sandbox.sandboxId(), target, resolve(target), plan, null));
  }

  DiffOutcome diff() {
    String commit = TestGit.git(source, "rev-parse", "HEAD");
    return git.diff(new DiffInput("b", "k", sandbox.sandboxId(), commit));
  }

  String agent(String script) {
    CommandResult result =
        sandbox
            .withUser(SandboxLayout.AGENT_USER)
            .commands()
            .run(Command.builder("/bin/bash", "-c", script).cwd(SandboxLayout.REPOSITORY).build());
    assertThat(result.exitCode()).as(result.stderr()).isZero();
    return result.stdout();
  }
}
