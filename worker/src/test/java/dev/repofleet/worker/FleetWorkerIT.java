package dev.repofleet.worker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.ArtifactRef;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.ArtifactStores;
import dev.repofleet.artifacts.plan.Approval;
import dev.repofleet.artifacts.plan.FollowUp;
import dev.repofleet.artifacts.plan.Plan;
import dev.repofleet.artifacts.target.ManifestWriter;
import dev.repofleet.artifacts.target.TargetKind;
import dev.repofleet.artifacts.target.TargetRow;
import dev.repofleet.e2b.E2bClient;
import dev.repofleet.e2b.E2bOptions;
import dev.repofleet.e2b.SandboxQuery;
import dev.repofleet.e2b.local.LocalSandboxOptions;
import dev.repofleet.e2b.local.LocalSandboxServer;
import dev.repofleet.e2b.local.host.Isolation;
import dev.repofleet.worker.testing.Inputs;
import dev.repofleet.worker.testing.Waiting;
import dev.repofleet.workflows.AgentKind;
import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.PlanRef;
import dev.repofleet.workflows.RepositoryStatus;
import dev.repofleet.workflows.batch.BatchOutcome;
import dev.repofleet.workflows.batch.ReviewBatchWorkflow;
import dev.repofleet.workflows.order.ManifestRef;
import dev.repofleet.workflows.progress.BatchInput;
import dev.repofleet.workflows.progress.BatchStatus;
import io.temporal.client.WorkflowOptions;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole batch through one worker: real sandboxes, real Git, the rehearsal agent. */
class FleetWorkerIT {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;

  @Test
  void reviewsABatchWhoseOneTargetCantBeReached() throws Exception {
    Isolation isolation = Isolation.detect();
    if (!"true".equals(System.getenv("CI"))) {
      Assumptions.assumeTrue(isolation.isolated(), () -> "needs bwrap: " + isolation);
    }
    ArtifactStore store = ArtifactStores.open(folder.resolve("artifacts").toString());
    try (LocalSandboxServer server =
            new LocalSandboxServer(LocalSandboxOptions.builder(folder.resolve("sandboxes")).build())
                .start();
        TestWorkflowEnvironment temporal =
            TestWorkflowEnvironment.newInstance(
                TestEnvironmentOptions.newBuilder().setUseTimeskipping(false).build())) {
      E2bOptions e2b = E2bOptions.fromEnvironment(server.environment());
      BatchOutcome outcome;
      try (FleetWorker worker =
          FleetWorker.start(
              FleetWorkerOptions.builder()
                  .client(temporal.getWorkflowClient())
                  .e2b(e2b)
                  .store(store)
                  .metricsPort(0)
                  .build())) {
        ReviewBatchWorkflow batch =
            temporal
                .getWorkflowClient()
                .newWorkflowStub(
                    ReviewBatchWorkflow.class,
                    WorkflowOptions.newBuilder()
                        .setWorkflowId(Fleet.batchWorkflowId("b1"))
                        .setTaskQueue(Fleet.DEFAULT.taskQueue())
                        .build());
        outcome = batch.run(input(store));
        assertThat(get(worker, "/healthz")).isEqualTo("ok\n");
        assertThat(get(worker, "/readyz")).isEqualTo("ok\n");
        assertThat(get(worker, "/metrics")).contains("repofleet_agent_turns_total");
      }

      assertThat(outcome.status()).isEqualTo(BatchStatus.FINISHED_WITH_FAILURES);
      assertThat(outcome.tally().count(RepositoryStatus.COMPLETE)).isEqualTo(2);
      assertThat(outcome.tally().count(RepositoryStatus.FAILED)).isEqualTo(1);
      JsonNode report = JSON.readTree(store.read(outcome.reportUri(), 1 << 20));
      assertThat(report.path("repositories"))
          .extracting(row -> row.path("status").asText())
          .containsExactly("complete", "complete", "failed");
      patchGivesTheSandboxesTree(store);
      try (E2bClient client = new E2bClient(e2b)) {
        assertThat(client.list(SandboxQuery.all())).isEmpty();
      }
    }
  }

  private void patchGivesTheSandboxesTree(ArtifactStore store) throws Exception {
    JsonNode review =
        JSON.readTree(store.read("artifact:reviews/b1/first-0000000000/review.json", 1 << 20));
    Path patch = folder.resolve("changes.patch");
    Files.write(patch, store.read("artifact:reviews/b1/first-0000000000/changes.patch", 1 << 20));
    Path clone = folder.resolve("clone");
    git(folder, "clone", "-q", folder.resolve("first").toString(), clone.toString());
    git(clone, "apply", "--index", patch.toString());
    assertThat(git(clone, "diff", "--cached", "--stat")).contains("app.py");
    assertThat(review.toString()).contains(git(clone, "write-tree").strip());
  }

  private BatchInput input(ArtifactStore store) throws Exception {
    ArtifactRef plan =
        store.putNamed(
            "batches/b1/plan.json",
            ArtifactJson.pretty(
                Plan.builder("test", "Review this repository.")
                    .rules(
                        List.of(
                            "hardcoded-secret", "command-injection", "insecure-deserialization"))
                    .followUps(
                        List.of(new FollowUp("Fix the findings.", "findings > 0", Approval.NONE)))
                    .build()));
    ManifestRef manifest;
    try (ManifestWriter writer = new ManifestWriter(store, "b1")) {
      writer.add(bundle(store, 0, "first", "import yaml\n\ndef f(s):\n    return yaml.load(s)\n"));
      writer.add(bundle(store, 1, "second", "print('hello')\n"));
      writer.add(
          new TargetRow(
              2,
              "third-0000000000",
              "https://127.0.0.1/a/b",
              TargetKind.GIT,
              "https://127.0.0.1/a/b",
              null,
              null,
              null,
              null,
              "127.0.0.1",
              "a",
              "b"));
      dev.repofleet.artifacts.target.ManifestRef ref = writer.finish();
      manifest = new ManifestRef(ref.uri(), ref.sha256(), Math.toIntExact(ref.count()));
    }
    return Inputs.batch(
        "b1",
        manifest,
        new PlanRef(plan.uri(), plan.sha256(), "test"),
        store.storeId(),
        2,
        AgentKind.REHEARSAL);
  }

  private TargetRow bundle(ArtifactStore store, int index, String name, String content)
      throws Exception {
    Path repository = Files.createDirectories(folder.resolve(name));
    git(repository, "init", "-q", "-b", "main");
    Files.writeString(repository.resolve("app.py"), content);
    git(repository, "add", "-A");
    git(repository, "-c", "user.name=t", "-c", "user.email=t@t", "commit", "-qm", "one");
    Path bare = folder.resolve(name + ".git");
    git(folder, "clone", "-q", "--bare", "--depth", "1", "file://" + repository, bare.toString());
    Path bundle = folder.resolve(name + ".bundle");
    git(bare, "bundle", "create", "-q", bundle.toString(), "HEAD");
    return new TargetRow(
        index,
        name + "-0000000000",
        "./" + name,
        TargetKind.BUNDLE,
        null,
        null,
        null,
        git(repository, "rev-parse", "HEAD").strip(),
        store.put(bundle),
        null,
        null,
        name);
  }

  private static String git(Path directory, String... arguments) throws Exception {
    String[] argv = new String[arguments.length + 1];
    argv[0] = "git";
    System.arraycopy(arguments, 0, argv, 1, arguments.length);
    ProcessBuilder builder =
        new ProcessBuilder(argv).directory(directory.toFile()).redirectErrorStream(true);
    builder.environment().putAll(Map.of("GIT_CONFIG_NOSYSTEM", "1"));
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor(Waiting.LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(output).isZero();
    return output;
  }

  private static String get(FleetWorker worker, String path) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + worker.metricsPort().orElseThrow() + path);
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
        .body();
  }
}
