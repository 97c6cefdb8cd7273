package dev.repofleet.starter.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.ArtifactPaths;
import dev.repofleet.artifacts.ArtifactRef;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.ArtifactStores;
import dev.repofleet.artifacts.result.AgentInfo;
import dev.repofleet.artifacts.result.RepositoryInfo;
import dev.repofleet.artifacts.result.RepositoryResult;
import dev.repofleet.artifacts.result.RepositoryStatus;
import dev.repofleet.artifacts.result.ReviewArtifacts;
import dev.repofleet.artifacts.target.ManifestWriter;
import dev.repofleet.artifacts.target.TargetKind;
import dev.repofleet.artifacts.target.TargetRow;
import dev.repofleet.forge.fake.FakeGitHub;
import dev.repofleet.forge.fake.FakePulls.Pull;
import dev.repofleet.forge.fake.FakeRepository;
import dev.repofleet.forge.fake.GitHost;
import dev.repofleet.starter.testing.GitRepository;
import dev.repofleet.starter.testing.TestProgram;
import dev.repofleet.starter.testing.Waiting;
import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.order.PublishMode;
import dev.repofleet.workflows.order.PublishOptions;
import dev.repofleet.workflows.publish.PublishBatchWorkflow;
import dev.repofleet.workflows.publish.PublishInput;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Two hundred results to a forge, a real Git host with GitHub's API beside it, by workers that are
 * killed in the middle: each becomes exactly one pull request.
 */
@Timeout(value = 60, unit = TimeUnit.MINUTES)
@Execution(ExecutionMode.CONCURRENT)
@Tag("long")
class PublishIT {
  private static final String BATCH = "found";
  private static final String OWNER = "acme";
  private static final int REPOSITORIES = 200;
  private static final int KILLED_AT = 60;
  private static final PublishOptions OPTIONS =
      new PublishOptions(
          PublishMode.PUBLISH, true, true, false, false, false, List.of("security"), null);

  @TempDir Path folder = Path.of("");

  @Test
  void workers_that_are_killed_leave_no_pull_request_out_and_open_none_twice() throws IOException {
    Path forge = Files.createDirectories(folder.resolve("forge").resolve(OWNER)).resolve("..");
    try (FakeGitHub gitHub = new FakeGitHub();
        GitHost host = new GitHost(forge.normalize())) {
      prepare(gitHub, host);
      try (SimulatedFleet fleet =
          new SimulatedFleet(
              "PublishIT", folder, Duration.ofSeconds(1), 2, variables(gitHub, host))) {
        results(host);
        begin(fleet);
        Waiting.until(
            "many are open", Waiting.LONG, () -> gitHub.pulls().all().size() >= KILLED_AT);
        fleet.workers().alive().forEach(fleet.workers()::killAndReplace);
        // Attaches to what is under way.
        TestProgram.Outcome told = publish(fleet);
        assertThat(told.exit()).as(told.err()).isZero();
        exactlyOnce(gitHub, host);
        JsonNode first = last(told.out());
        assertThat(first.path("written").asInt() + first.path("already").asInt())
            .isEqualTo(REPOSITORIES);

        JsonNode again = last(publish(fleet).out());
        assertThat(again.path("already").asInt()).isEqualTo(REPOSITORIES);
        exactlyOnce(gitHub, host);
        whatBecameOfThem(fleet, gitHub);
        assertThat(fleet.parts().logs(fleet.workers().processes()))
            .as("minted tokens in the workers' logs")
            .doesNotContain("ghs_");
      }
    }
  }

  private static Map<String, String> variables(FakeGitHub gitHub, GitHost host) {
    Map<String, String> variables = new HashMap<>();
    variables.put("GITHUB_API_URL", gitHub.apiUrl());
    variables.put("GITHUB_SERVER_URL", "http://" + host.address());
    variables.put("GITHUB_APP_ID", FakeGitHub.APP_ID);
    variables.put("GITHUB_APP_PRIVATE_KEY", gitHub.appKey());
    variables.put("REPOFLEET_GIT_HOSTS", host.address());
    return variables;
  }

  private static String name(int index) {
    return String.format(Locale.ROOT, "r-%03d", index);
  }

  private static String key(int index) {
    return name(index) + "-0000000000";
  }

  private static String branch(int index) {
    return "repofleet/" + BATCH + "/" + key(index);
  }

  private void prepare(FakeGitHub gitHub, GitHost host) {
    gitHub.advance(Duration.between(gitHub.now(), Instant.now()));
    gitHub
        .organisation(OWNER)
        .install(7, OWNER, Set.of(), "contents=write", "pull_requests=write", "checks=read");
    gitHub.pulls().at(host);
    // Git asks without a login first.
    host.writableWith(
        token -> !token.isEmpty() && "write".equals(gitHub.permissionsOf(token).get("contents")));
    GitRepository repository = SmallRepositories.commit(folder, "app");
    for (int index = 0; index < REPOSITORIES; index++) {
      gitHub.repository(FakeRepository.of(index + 1, OWNER, name(index)));
      host.add(repository.path(), OWNER + "/" + name(index));
    }
  }

  /** As reviews leave them: all with the same change. */
  private void results(GitHost host) {
    ArtifactStore store = ArtifactStores.open(folder.resolve("artifacts").toString());
    GitRepository repository = new GitRepository(folder.resolve("app"));
    String commit = repository.git("rev-parse", "HEAD").strip();
    repository.write("FIXED.md", "by an agent\n");
    repository.git("add", "-A");
    String tree = repository.git("write-tree").strip();
    String diff = repository.git("diff-tree", "-r", "-p", "--binary", "--full-index", commit, tree);
    byte[] patch = (diff + "\n").getBytes(UTF_8);
    store.putNamed(ArtifactPaths.plan(BATCH), ArtifactJson.pretty(SimulatedBatch.plan().build()));
    try (ManifestWriter manifest = new ManifestWriter(store, BATCH)) {
      for (int index = 0; index < REPOSITORIES; index++) {
        TargetRow row =
            new TargetRow(
                index,
                key(index),
                OWNER + "/" + name(index),
                TargetKind.GIT,
                host.url(OWNER + "/" + name(index)),
                null,
                null,
                null,
                null,
                host.address(),
                OWNER,
                name(index),
                null,
                null,
                null,
                null);
        manifest.add(row);
        ArtifactRef changes = store.putNamed(ArtifactPaths.patch(BATCH, key(index)), patch);
        store.putNamed(
            ArtifactPaths.review(BATCH, key(index)),
            ArtifactJson.pretty(
                RepositoryResult.builder(
                        BATCH,
                        index,
                        row.target(),
                        row.key(),
                        RepositoryInfo.of(row, commit),
                        RepositoryStatus.COMPLETE)
                    .agent(new AgentInfo("claude", "2.1", "a-model"))
                    .endedAt(Instant.parse("2026-11-27T12:00:00Z"))
                    .treeHash(tree)
                    .files(new ReviewArtifacts(null, changes, null, null, null, null))
                    .build()));
      }
      manifest.finish();
    }
  }

  /** As the command does, but at a pace that no forge on this machine minds. */
  private void begin(SimulatedFleet fleet) {
    ArtifactStore store = ArtifactStores.open(folder.resolve("artifacts").toString());
    PublishBatchWorkflow workflow =
        fleet
            .client()
            .newWorkflowStub(
                PublishBatchWorkflow.class,
                WorkflowOptions.newBuilder()
                    .setWorkflowId(Fleet.publishWorkflowId(BATCH))
                    .setTaskQueue(Fleet.DEFAULT.taskQueue())
                    .build());
    WorkflowClient.start(
        workflow::publish,
        new PublishInput(
            1,
            Fleet.DEFAULT.name(),
            BATCH,
            store.storeId(),
            OPTIONS,
            null,
            Duration.ofMillis(20),
            null,
            null));
  }

  private static TestProgram.Outcome publish(SimulatedFleet fleet) {
    return fleet.run("publish", BATCH, "--pull-request", "--label", "security", "--json");
  }

  private static void exactlyOnce(FakeGitHub gitHub, GitHost host) {
    List<Pull> pulls = gitHub.pulls().all();
    assertThat(pulls).hasSize(REPOSITORIES);
    assertThat(pulls).extracting(Pull::repository).doesNotHaveDuplicates();
    assertThat(pulls)
        .allSatisfy(
            pull -> {
              assertThat(pull.number()).isEqualTo(1);
              assertThat(pull.labels()).containsExactly("security");
              assertThat(pull.base()).isEqualTo("main");
            });
    for (int index = 0; index < REPOSITORIES; index++) {
      String path = OWNER + "/" + name(index);
      assertThat(host.git(path, "show", branch(index) + ":FIXED.md"))
          .as(path)
          .isEqualTo("by an agent");
    }
  }

  private static void whatBecameOfThem(SimulatedFleet fleet, FakeGitHub gitHub) {
    gitHub.pulls().merge(OWNER + "/" + name(0), 1);
    gitHub.pulls().close(OWNER + "/" + name(1), 1);
    TestProgram.Outcome told = fleet.run("status", BATCH, "--published", "--json");
    assertThat(told.exit()).as(told.err()).isZero();
    List<String> states =
        told.out()
            .lines()
            .map(line -> ArtifactJson.read(line, JsonNode.class, "a line"))
            .map(line -> line.path("pullRequest").path("state").asText())
            .toList();
    assertThat(states).hasSize(REPOSITORIES).startsWith("merged", "closed", "open");
    assertThat(fleet.run("status", BATCH, "--published").out())
        .contains("REPOSITORY", "merged", "https://forge.test/acme/r-000/pull/1");
  }

  private static JsonNode last(String out) {
    List<String> lines = out.lines().toList();
    return ArtifactJson.read(lines.get(lines.size() - 1), JsonNode.class, "the last line");
  }
}
