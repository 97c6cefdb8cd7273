package dev.repofleet.worker.publish;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.ArtifactPaths;
import dev.repofleet.artifacts.ArtifactRef;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.ArtifactStores;
import dev.repofleet.artifacts.ArtifactUri;
import dev.repofleet.artifacts.result.AgentInfo;
import dev.repofleet.artifacts.result.Coverage;
import dev.repofleet.artifacts.result.CoverageStatus;
import dev.repofleet.artifacts.result.Published;
import dev.repofleet.artifacts.result.RepositoryInfo;
import dev.repofleet.artifacts.result.RepositoryResult;
import dev.repofleet.artifacts.result.RepositoryStatus;
import dev.repofleet.artifacts.result.ReviewArtifacts;
import dev.repofleet.forge.fake.FakeGitHub;
import dev.repofleet.forge.fake.FakeRepository;
import dev.repofleet.forge.fake.GitHost;
import dev.repofleet.workflows.activities.publish.PublishOutcome;
import dev.repofleet.workflows.activities.publish.PublishStep;
import dev.repofleet.workflows.order.PublishMode;
import dev.repofleet.workflows.order.PublishOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A result of {@code acme/shop}, and a forge that behaves: a real Git host, and GitHub's API beside
 * it.
 */
final class PublishedShop implements AutoCloseable {
  static final String TOKEN = "ghp_0123456789abcdefghij0123456789abcdef";
  static final String BATCH = "nightly";
  static final String KEY = "shop-0123456789";
  static final String BRANCH = "repofleet/nightly/shop-0123456789";
  static final Instant NOW = Instant.parse("2026-11-27T12:00:00Z");

  final Path folder;
  final FakeGitHub gitHub = new FakeGitHub();
  final GitHost host;
  final ArtifactStore store;
  final String commit;
  final Map<String, String> environment = new HashMap<>();
  final Path work;

  /** Under which the commit was found, as results of before do not say. */
  @Nullable String resolvedRef;

  PublishedShop(Path folder) throws IOException {
    this.folder = folder;
    Files.createDirectories(folder.resolve("forge/acme"));
    host = new GitHost(folder.resolve("forge"));
    host.writableWith(TOKEN::equals);
    store = ArtifactStores.open(folder.resolve("artifacts").toString());
    gitHub.organisation("acme").token(TOKEN, "acme", "acme");
    gitHub.repository(FakeRepository.of(1, "acme", "shop"));
    gitHub.pulls().at(host);
    environment.put("GITHUB_API_URL", gitHub.apiUrl());
    environment.put("GITHUB_SERVER_URL", "http://" + host.address());
    environment.put("GITHUB_TOKEN", TOKEN);
    environment.put("REPOFLEET_GIT_HOSTS", host.address());
    environment.put("PATH", System.getenv().getOrDefault("PATH", "/usr/bin:/bin"));
    work = Files.createDirectory(folder.resolve("work"));
    git("init", "-q", "-b", "main");
    write("src/app.py", "import os\nos.system(name)\n");
    write("README.md", "shop\n");
    git("add", "-A");
    git("commit", "-q", "-m", "shop");
    commit = git("rev-parse", "HEAD");
    host.add(work, "acme/shop");
  }

  @Override
  public void close() {
    gitHub.close();
    host.close();
  }

  String git(String... arguments) {
    List<String> command =
        new ArrayList<>(List.of("git", "-c", "user.name=a", "-c", "user.email=a@b"));
    command.addAll(List.of(arguments));
    try {
      Process process =
          new ProcessBuilder(command)
              .directory(work.toFile())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      String out = new String(process.getInputStream().readAllBytes(), UTF_8);
      assertThat(process.waitFor()).as("%s", command).isZero();
      return out;
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  void write(String file, String content) throws IOException {
    Files.createDirectories(work.resolve(file).getParent());
    Files.writeString(work.resolve(file), content);
  }

  /** What an agent left in the working tree becomes a result. */
  RepositoryResult.Builder result() {
    git("add", "-A");
    String tree = git("write-tree").strip();
    ArtifactRef patch =
        store.putNamed(
            ArtifactPaths.patch(BATCH, KEY),
            git(
                    "diff-tree",
                    "-r",
                    "-p",
                    "--binary",
                    "--full-index",
                    "--no-renames",
                    commit.strip(),
                    tree)
                .getBytes(UTF_8));
    ArtifactRef sarif =
        store.putNamed(ArtifactPaths.sarif(BATCH, KEY), "{\"version\":\"2.1.0\"}".getBytes(UTF_8));
    return RepositoryResult.builder(
            BATCH,
            0,
            "acme/shop",
            KEY,
            new RepositoryInfo(
                host.address(),
                "acme",
                "shop",
                host.url("acme/shop"),
                null,
                commit.strip(),
                null,
                resolvedRef),
            RepositoryStatus.COMPLETE)
        .agent(new AgentInfo("claude", "2.1", "a-model"))
        .coverage(new Coverage(CoverageStatus.COMPLETE, 2, 2, List.of()))
        .startedAt(NOW.minusSeconds(60))
        .endedAt(NOW)
        .summary("Fixes #1, says @everyone: <b>done</b>")
        .treeHash(tree)
        .files(new ReviewArtifacts(null, patch, sarif, null, null, null));
  }

  void keep(RepositoryResult result) {
    store.putNamed(ArtifactPaths.review(BATCH, KEY), ArtifactJson.pretty(result));
  }

  void fixed() throws IOException {
    write("src/app.py", "import subprocess\nsubprocess.run([name])\n");
    keep(result().build());
  }

  static PublishOptions options(PublishMode mode, boolean pullRequest, boolean sarif) {
    return new PublishOptions(
        mode, !sarif, pullRequest, sarif, false, true, List.of("security"), null);
  }

  PublishOutcome publish(PublishOptions options) {
    return new Publication(
            PublishTools.of(store, environment, Clock.fixed(NOW, ZoneOffset.UTC)),
            () -> {},
            new PublishStep(BATCH, KEY, options, store.storeId()))
        .bringAbout();
  }

  PublishOutcome pullRequest() {
    return publish(options(PublishMode.PUBLISH, true, false));
  }

  Published published() {
    return ArtifactJson.read(
        store, ArtifactUri.of(ArtifactPaths.published(BATCH, KEY)), Published.class, 1L << 20);
  }

  /** Of what was published nothing is known any more here. */
  boolean forget() {
    return store.delete(ArtifactUri.of(ArtifactPaths.published(BATCH, KEY)));
  }

  String head() {
    return host.head("acme/shop", BRANCH).orElse("none");
  }
}
