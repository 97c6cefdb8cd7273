package dev.repofleet.worker.publish;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.repofleet.artifacts.AgentInfo;
import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.ArtifactPaths;
import dev.repofleet.artifacts.ArtifactRef;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.ArtifactStores;
import dev.repofleet.artifacts.ArtifactUri;
import dev.repofleet.artifacts.Coverage;
import dev.repofleet.artifacts.CoverageStatus;
import dev.repofleet.artifacts.Published;
import dev.repofleet.artifacts.RepositoryInfo;
import dev.repofleet.artifacts.RepositoryResult;
import dev.repofleet.artifacts.RepositoryStatus;
import dev.repofleet.artifacts.ReviewArtifacts;
import dev.repofleet.artifacts.TargetKind;
import dev.repofleet.artifacts.TargetRow;
import dev.repofleet.forge.fake.FakeGitHub;
import dev.repofleet.forge.fake.FakePulls.Pull;
import dev.repofleet.forge.fake.FakeRepository;
import dev.repofleet.forge.fake.GitHost;
import dev.repofleet.worker.forge.ForgeException;
import dev.repofleet.workflows.activities.PublishOutcome;
import dev.repofleet.workflows.activities.PublishOutcome.Status;
import dev.repofleet.workflows.activities.PublishStep;
import dev.repofleet.workflows.order.PublishMode;
import dev.repofleet.workflows.order.PublishOptions;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One repository's result to a forge that behaves: a real Git host, and GitHub's API beside it. */
@Timeout(120)
class PublicationIT {
  private static final String TOKEN = "ghp_0123456789abcdefghij0123456789abcdef";
  private static final String BATCH = "nightly";
  private static final String KEY = "shop-0123456789";
  private static final String BRANCH = "repofleet/nightly/shop-0123456789";
  private static final Instant NOW = Instant.parse("2026-11-27T12:00:00Z");

  @TempDir Path folder = Path.of("");

  private FakeGitHub gitHub = new FakeGitHub();
  private GitHost host;
  private Path work = folder;
  private ArtifactStore store;
  private String commit = "";
  private final Map<String, String> environment = new HashMap<>();

  PublicationIT() {
    host = new GitHost(Path.of("none"));
  }

  @BeforeEach
  void start() throws IOException {
    host.close();
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

  @AfterEach
  void stop() {
    gitHub.close();
    host.close();
  }

  private String git(String... arguments) {
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

  private void write(String file, String content) throws IOException {
    Files.createDirectories(work.resolve(file).getParent());
    Files.writeString(work.resolve(file), content);
  }

  /** What an agent left in the working tree becomes a result. */
  private RepositoryResult.Builder result() {
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
            new TargetRow(
                0,
                KEY,
                "acme/shop",
                TargetKind.GIT,
                host.url("acme/shop"),
                null,
                null,
                null,
                null,
                host.address(),
                "acme",
                "shop",
                null,
                null,
                null),
            RepositoryStatus.COMPLETE)
        .commit(commit.strip())
        .agent(new AgentInfo("claude", "2.1", "a-model"))
        .coverage(new Coverage(CoverageStatus.COMPLETE, 2, 2, List.of()))
        .endedAt(NOW)
        .summary("Fixes #1, says @everyone: <b>done</b>")
        .treeHash(tree)
        .files(new ReviewArtifacts(null, patch, sarif, null, null, null));
  }

  private void keep(RepositoryResult result) {
    store.putNamed(ArtifactPaths.review(BATCH, KEY), ArtifactJson.pretty(result));
  }

  private void fixed() throws IOException {
    write("src/app.py", "import subprocess\nsubprocess.run([name])\n");
    keep(result().build());
  }

  private static PublishOptions options(PublishMode mode, boolean pullRequest, boolean sarif) {
    return new PublishOptions(
        mode, !sarif, pullRequest, sarif, false, true, List.of("security"), null);
  }

  private PublishOutcome publish(PublishOptions options) {
    return new Publication(
            PublishTools.of(store, environment, Clock.fixed(NOW, ZoneOffset.UTC)),
            () -> {},
            new PublishStep(BATCH, KEY, options))
        .bringAbout();
  }

  private PublishOutcome pullRequest() {
    return publish(options(PublishMode.PUBLISH, true, false));
  }

  private Published published() {
    return ArtifactJson.read(
        store, ArtifactUri.of(ArtifactPaths.published(BATCH, KEY)), Published.class, 1L << 20);
  }

  private String head() {
    return host.head("acme/shop", BRANCH).orElse("none");
  }

  @Test
  void a_result_becomes_a_branch_and_one_pull_request_however_often_it_is_published()
      throws IOException {
    fixed();
    assertThat(pullRequest()).isEqualTo(new PublishOutcome(Status.WRITTEN, null));
    Pull pull = gitHub.pulls().all().get(0);
    assertThat(pull.head()).isEqualTo(BRANCH);
    assertThat(pull.base()).isEqualTo("main");
    assertThat(pull.draft()).isTrue();
    assertThat(pull.labels()).containsExactly("security");
    assertThat(pull.body())
        .contains("RepoFleet-Batch: nightly\nRepoFleet-Review: " + KEY)
        .contains("a-model")
        .doesNotContain("#1", "@everyone", "<b>", "{{");
    assertThat(host.git("acme/shop", "log", "-1", "--format=%an %ae%n%B", head()))
        .startsWith("RepoFleet repofleet@bot.invalid\n")
        .contains("RepoFleet-Batch: nightly");
    assertThat(host.git("acme/shop", "rev-parse", head() + "^")).isEqualTo(commit.strip());
    assertThat(host.git("acme/shop", "show", head() + ":src/app.py")).contains("subprocess.run");
    String first = head();

    assertThat(pullRequest().status()).isEqualTo(Status.ALREADY);
    assertThat(store.delete(ArtifactUri.of(ArtifactPaths.published(BATCH, KEY)))).isTrue();
    assertThat(pullRequest().status()).as("by what the forge has").isEqualTo(Status.ALREADY);
    assertThat(gitHub.pulls().all()).hasSize(1);
    assertThat(head()).isEqualTo(first);
    assertThat(published().pullRequest()).isNotNull();
  }

  @Test
  void an_answer_that_is_lost_makes_no_second_pull_request() throws IOException {
    fixed();
    gitHub.pulls().loseAnswers(1);
    assertThatThrownBy(this::pullRequest).isInstanceOf(ForgeException.class);
    assertThat(published().branch()).isEqualTo(BRANCH);
    String first = head();
    assertThat(pullRequest().status()).isEqualTo(Status.ALREADY);
    assertThat(gitHub.pulls().all()).hasSize(1);
    assertThat(gitHub.pulls().all().get(0).labels()).containsExactly("security");
    assertThat(head()).isEqualTo(first);
  }

  @Test
  void what_a_person_made_of_it_stands() throws IOException {
    fixed();
    pullRequest();
    gitHub.pulls().merge("acme/shop", 1);
    host.git("acme/shop", "update-ref", "-d", "refs/heads/" + BRANCH);
    assertThat(pullRequest().status()).isEqualTo(Status.ALREADY);
    assertThat(head()).as("pushed again").isEqualTo("none");
    assertThat(publish(options(PublishMode.LOOK, true, false)).status()).isEqualTo(Status.ALREADY);
    assertThat(published().pullRequest())
        .extracting(Published.PullRequest::state)
        .isEqualTo("merged");
  }

  @Test
  void what_became_of_it_is_told_with_its_checks() throws IOException {
    fixed();
    pullRequest();
    gitHub.pulls().check(head(), "build", "success");
    gitHub.pulls().check(head(), "lint", null);
    publish(options(PublishMode.LOOK, true, false));
    assertThat(published().pullRequest())
        .extracting(Published.PullRequest::checks)
        .isEqualTo("pending");
    gitHub.pulls().check(head(), "test", "failure");
    publish(options(PublishMode.LOOK, true, false));
    assertThat(published().pullRequest())
        .extracting(Published.PullRequest::checks)
        .isEqualTo("failure");
  }

  @Test
  void a_dry_run_checks_all_and_writes_nothing() throws IOException {
    fixed();
    assertThat(publish(options(PublishMode.DRY_RUN, true, false)).status())
        .isEqualTo(Status.WRITTEN);
    assertThat(head()).isEqualTo("none");
    assertThat(gitHub.pulls().all()).isEmpty();
    assertThat(store.exists(ArtifactUri.of(ArtifactPaths.published(BATCH, KEY)))).isFalse();
  }

  @Test
  void a_rehearsal_a_partial_result_and_one_without_changes_are_not_published() throws IOException {
    write("src/app.py", "x\n");
    keep(result().agent(new AgentInfo("rehearsal", null, null)).build());
    assertThat(pullRequest().message()).contains("rehearsal");
    keep(result().files(ReviewArtifacts.NONE).build());
    assertThat(pullRequest())
        .isEqualTo(new PublishOutcome(Status.NOTHING, "no changes and no findings"));
    assertThat(gitHub.requests()).noneMatch(request -> request.startsWith("POST"));
  }

  @Test
  void workflow_files_are_published_only_when_a_person_says_so() throws IOException {
    write(".github/workflows/ci.yml", "on: push\n");
    keep(result().build());
    assertThat(pullRequest().message()).contains("--allow-workflow-changes");
    assertThat(head()).isEqualTo("none");
    assertThat(published().problems()).hasSize(1);
    assertThat(
            publish(
                    new PublishOptions(
                        PublishMode.PUBLISH, true, true, false, true, false, List.of(), null))
                .status())
        .isEqualTo(Status.WRITTEN);
    assertThat(published().problems()).isEmpty();
  }

  @Test
  void a_patch_that_is_not_what_the_agent_left_is_not_published() throws IOException {
    write("src/app.py", "x\n");
    keep(result().treeHash("1".repeat(40)).build());
    assertThat(pullRequest().message()).contains("another tree than the agent left");
    assertThat(head()).isEqualTo("none");
  }

  @Test
  void a_link_out_of_the_tree_is_refused() throws IOException {
    Files.createSymbolicLink(work.resolve("passwords"), Path.of("/etc/passwd"));
    keep(result().build());
    assertThat(pullRequest().message()).contains("passwords leads out of the repository");
    assertThat(head()).isEqualTo("none");
  }

  @Test
  void somebody_elses_branch_of_that_name_is_left_alone() throws IOException {
    fixed();
    host.git("acme/shop", "update-ref", "refs/heads/" + BRANCH, commit.strip());
    assertThat(pullRequest().message()).contains("is there with other changes");
    assertThat(head()).isEqualTo(commit.strip());
    assertThat(gitHub.pulls().all()).isEmpty();
  }

  @Test
  void what_the_forge_does_not_let_in_is_told_in_its_words() throws IOException {
    fixed();
    Path hook = folder.resolve("forge/acme/shop/hooks/pre-receive");
    Files.createDirectories(hook.getParent());
    Files.writeString(hook, "#!/bin/sh\necho 'error: GH013: rule violations found' >&2\nexit 1\n");
    Files.setPosixFilePermissions(hook, PosixFilePermissions.fromString("rwxr-xr-x"));
    assertThat(pullRequest())
        .satisfies(outcome -> assertThat(outcome.status()).isEqualTo(Status.REFUSED))
        .extracting(PublishOutcome::message)
        .asString()
        .contains("pre-receive hook declined", "GH013");
    assertThat(gitHub.pulls().all()).isEmpty();
  }

  @Test
  void a_login_that_may_not_push_is_named_and_never_told() throws IOException {
    fixed();
    host.writableWith(token -> false);
    assertThat(pullRequest().message()).contains("GITHUB_TOKEN").doesNotContain(TOKEN);
  }

  @Test
  void a_renamed_repository_is_written_under_its_new_name() throws IOException {
    fixed();
    host.add(work, "acme/store");
    gitHub.repository(FakeRepository.of(1, "acme", "shop").renamed("store"));
    assertThat(pullRequest()).isEqualTo(new PublishOutcome(Status.WRITTEN, null));
    assertThat(host.head("acme/store", BRANCH)).isPresent();
    assertThat(gitHub.pulls().all()).extracting(Pull::repository).containsExactly("acme/store");
  }

  @Test
  void one_that_is_archived_or_gone_is_a_row_with_the_reason() throws IOException {
    fixed();
    gitHub.repository(FakeRepository.of(1, "acme", "shop").asArchived());
    assertThat(pullRequest().message()).isEqualTo("the repository is archived");
    gitHub.without(1);
    assertThat(pullRequest())
        .satisfies(outcome -> assertThat(outcome.status()).isEqualTo(Status.REFUSED))
        .extracting(PublishOutcome::message)
        .asString()
        .contains("acme/shop");
  }

  @Test
  void a_limit_is_no_refusal_but_says_when_to_come_again() throws IOException {
    fixed();
    gitHub.slowDown(3600);
    assertThatThrownBy(this::pullRequest)
        .isInstanceOfSatisfying(ForgeException.class, e -> assertThat(e.retryAt()).isPresent());
    gitHub.heal();
    assertThat(pullRequest().status()).isEqualTo(Status.WRITTEN);
  }

  @Test
  void a_small_patch_that_stands_for_a_gigabyte_does_not_take_the_workers_memory()
      throws IOException {
    try (RandomAccessFile zeros = new RandomAccessFile(work.resolve("zeros").toFile(), "rw")) {
      zeros.setLength(800L << 20);
    }
    keep(result().build());
    assertThat(pullRequest().message()).contains("can't be applied", "memory");
    assertThat(head()).isEqualTo("none");
  }

  @Test
  void what_a_dead_worker_opened_is_known_by_what_it_has() throws IOException {
    fixed();
    pullRequest();
    store.delete(ArtifactUri.of(ArtifactPaths.published(BATCH, KEY)));
    assertThat(pullRequest().status()).isEqualTo(Status.ALREADY);
    assertThat(published().treeHash()).isNotNull();
    assertThat(published().branch()).isEqualTo(BRANCH);

    store.delete(ArtifactUri.of(ArtifactPaths.published(BATCH, KEY)));
    write("src/app.py", "another fix\n");
    keep(result().build());
    assertThat(pullRequest().message()).contains("has other changes, and is left as it is");
  }

  @Test
  void a_branch_of_a_worker_with_another_name_is_ours_by_its_tree() throws IOException {
    fixed();
    publish(options(PublishMode.PUBLISH, false, false));
    String first = head();
    store.delete(ArtifactUri.of(ArtifactPaths.published(BATCH, KEY)));
    environment.put("GIT_AUTHOR_NAME", "Another Worker");
    assertThat(pullRequest()).isEqualTo(new PublishOutcome(Status.WRITTEN, null));
    assertThat(head()).isEqualTo(first);
    assertThat(published().commit()).isEqualTo(first);
  }

  @Test
  void labels_that_could_not_be_given_are_given_the_next_time() throws IOException {
    fixed();
    gitHub.fail(
        path -> path.endsWith("/labels") ? FakeGitHub.json(403, Map.of("message", "no")) : null);
    PublishOutcome outcome = pullRequest();
    assertThat(outcome.status()).isEqualTo(Status.WRITTEN);
    assertThat(outcome.message()).contains("HTTP 403");
    gitHub.heal();
    assertThat(pullRequest()).isEqualTo(new PublishOutcome(Status.ALREADY, null));
    assertThat(gitHub.pulls().all().get(0).labels()).containsExactly("security");
  }

  @Test
  void a_path_of_control_characters_stands_in_no_message() throws IOException {
    write(".circleci/\u001b]0;owned\u0007", "x");
    keep(result().build());
    assertThat(pullRequest().message())
        .contains("control character")
        .doesNotContainPattern("\\p{Cc}");
  }

  @Test
  void who_looks_meanwhile_forgets_nothing_of_what_is_written() throws IOException {
    fixed();
    publish(options(PublishMode.PUBLISH, false, true));
    Publication look =
        new Publication(
            PublishTools.of(store, environment, Clock.fixed(NOW, ZoneOffset.UTC)),
            () -> {},
            new PublishStep(BATCH, KEY, options(PublishMode.LOOK, false, false)));
    pullRequest();
    look.bringAbout();
    assertThat(published().pullRequest()).isNotNull();
    assertThat(published().sarif()).isNotNull();
  }

  @Test
  void an_apps_token_that_died_is_asked_for_again() throws IOException {
    gitHub.install(
        7, "acme", Set.of(), "contents=write", "pull_requests=write", "security_events=write");
    host.writableWith(gitHub::isGood);
    environment.remove("GITHUB_TOKEN");
    environment.put("GITHUB_APP_ID", FakeGitHub.APP_ID);
    environment.put("GITHUB_APP_PRIVATE_KEY", gitHub.appKey());
    PublishTools worker =
        PublishTools.of(store, environment, Clock.fixed(gitHub.now(), ZoneOffset.UTC));
    Supplier<PublishOutcome> attempt =
        () ->
            new Publication(
                    worker,
                    () -> {},
                    new PublishStep(BATCH, KEY, options(PublishMode.PUBLISH, true, false)))
                .bringAbout();
    fixed();
    AtomicInteger asked = new AtomicInteger();
    gitHub.fail(
        path -> {
          // The first time it looks whether there is one.
          if (path.endsWith("/pulls") && asked.incrementAndGet() == 2) {
            gitHub.advance(Duration.ofHours(1));
          }
          return null;
        });
    assertThatThrownBy(attempt::get)
        .isInstanceOfSatisfying(
            ApplicationFailure.class,
            failure -> {
              assertThat(failure.getType()).isEqualTo("git_transient");
              assertThat(failure.isNonRetryable()).isFalse();
              assertThat(failure).hasMessageContaining("another token is asked for");
            });
    assertThat(attempt.get()).isEqualTo(new PublishOutcome(Status.WRITTEN, null));
    assertThat(gitHub.pulls().all()).hasSize(1);
  }

  @Test
  void findings_are_uploaded_once_and_only_when_all_was_looked_at() throws IOException {
    write("src/app.py", "x\n");
    PublishOptions sarif = options(PublishMode.PUBLISH, false, true);
    keep(result().coverage(new Coverage(CoverageStatus.PARTIAL, 1, 2, List.of())).build());
    assertThat(publish(sarif).message()).contains("not all of it was looked at");
    keep(result().build());
    assertThat(publish(sarif).status()).isEqualTo(Status.WRITTEN);
    assertThat(publish(sarif).status()).isEqualTo(Status.ALREADY);
    assertThat(gitHub.pulls().uploads()).hasSize(1);
    assertThat(gitHub.pulls().uploads().get(0))
        .satisfies(
            upload -> {
              assertThat(upload.commit()).isEqualTo(commit.strip());
              assertThat(upload.ref()).isEqualTo("refs/heads/main");
            });
  }

  @Test
  void an_upload_that_is_refused_keeps_nothing_else_from_being_published() throws IOException {
    fixed();
    gitHub.pulls().refuseUploads("Code scanning is not enabled for this repository");
    PublishOutcome outcome =
        publish(
            new PublishOptions(
                PublishMode.PUBLISH, true, true, true, false, false, List.of(), null));
    assertThat(outcome.status()).isEqualTo(Status.WRITTEN);
    assertThat(outcome.message()).contains("Code scanning is not enabled");
    assertThat(gitHub.pulls().all()).hasSize(1);
  }

  @Test
  void an_upload_that_failed_is_told_with_githubs_words_and_tried_again() throws IOException {
    fixed();
    gitHub.pulls().failUploads("rule id is too long");
    PublishOptions findings = options(PublishMode.PUBLISH, false, true);
    assertThat(publish(findings).status()).isEqualTo(Status.WRITTEN);
    publish(options(PublishMode.LOOK, false, false));
    assertThat(published().sarif()).extracting(Published.Sarif::state).isEqualTo("failed");
    assertThat(published().problems()).singleElement().asString().contains("rule id is too long");
    gitHub.pulls().failUploads();
    assertThat(publish(findings).status()).isEqualTo(Status.WRITTEN);
    assertThat(gitHub.pulls().uploads()).hasSize(2);
  }

  @Test
  void findings_that_had_no_room_in_the_file_are_not_uploaded() throws IOException {
    fixed();
    store.putNamed(
        ArtifactPaths.sarif(BATCH, KEY),
        "{\"runs\":[{\"properties\":{\"resultsDropped\":3}}]}".getBytes(UTF_8));
    RepositoryResult.Builder result = result();
    ArtifactRef sarif =
        store.putNamed(
            ArtifactPaths.sarif(BATCH, KEY),
            "{\"runs\":[{\"properties\":{\"resultsDropped\":3}}]}".getBytes(UTF_8));
    keep(result.files(new ReviewArtifacts(null, null, sarif, null, null, null)).build());
    assertThat(publish(options(PublishMode.PUBLISH, false, true)).message())
        .contains("the worst findings alone");
    assertThat(gitHub.pulls().uploads()).isEmpty();
  }

  @Test
  void a_limit_of_uploads_says_when_it_ends() throws IOException {
    fixed();
    gitHub.fail(
        path ->
            path.contains("/code-scanning/")
                ? FakeGitHub.json(
                        403, Map.of("message", "You have exceeded a secondary rate limit"))
                    .newBuilder()
                    .setHeader("Retry-After", "3000")
                    .build()
                : null);
    assertThatThrownBy(() -> publish(options(PublishMode.PUBLISH, false, true)))
        .isInstanceOfSatisfying(
            ForgeException.class,
            limited -> assertThat(limited.retryAt()).contains(NOW.plusSeconds(3000)));
  }

  @Test
  void a_target_that_was_typed_for_ssh_is_written_over_https() {
    assertThat(
            RepositoryUrl.host(
                new RepositoryInfo(
                    "github.com", "acme", "shop", "git@github.com:acme/shop", null, null, null)))
        .isEqualTo("github.com");
    assertThat(
            RepositoryUrl.of(
                new RepositoryInfo(
                    "github.com", "acme", "shop", "git@github.com:acme/shop", null, null, null),
                "acme/store"))
        .isEqualTo("https://github.com/acme/store");
  }

  @ParameterizedTest
  @CsvSource({"nightly,nightly", "a..b,a.-.b", "a...b,a.-.-.b", "x.lock,x.lock-", "x.,x.-"})
  void a_branch_has_a_name_that_git_takes(String name, String part) {
    assertThat(ChangesPublication.asRef(name)).isEqualTo(part);
  }

  @Test
  void changes_of_a_later_result_do_not_go_where_earlier_ones_are() throws IOException {
    fixed();
    pullRequest();
    String first = head();
    write("src/app.py", "something else\n");
    keep(result().build());
    assertThat(pullRequest().message()).contains("is of an earlier result");
    assertThat(head()).isEqualTo(first);
  }
}
