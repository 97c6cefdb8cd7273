package dev.repofleet.worker.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.repofleet.artifacts.ArtifactPaths;
import dev.repofleet.artifacts.ArtifactUri;
import dev.repofleet.artifacts.result.AgentInfo;
import dev.repofleet.artifacts.result.Published;
import dev.repofleet.artifacts.result.ReviewArtifacts;
import dev.repofleet.forge.fake.Answers;
import dev.repofleet.forge.fake.FakeGitHub;
import dev.repofleet.forge.fake.FakePulls.Pull;
import dev.repofleet.forge.fake.FakeRepository;
import dev.repofleet.worker.forge.ForgeException;
import dev.repofleet.workflows.activities.publish.PublishOutcome;
import dev.repofleet.workflows.activities.publish.PublishOutcome.Status;
import dev.repofleet.workflows.activities.publish.PublishStep;
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
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One repository's changes to a forge that behaves. */
@Order(1)
@Timeout(900)
class PublicationIT {
  @TempDir Path folder = Path.of("");
  private PublishedShop shop;

  @BeforeEach
  void start() throws IOException {
    shop = new PublishedShop(folder);
  }

  @AfterEach
  void stop() {
    shop.close();
  }

  @Test
  void a_result_becomes_a_branch_and_one_pull_request_however_often_it_is_published()
      throws IOException {
    shop.fixed();
    assertThat(shop.pullRequest()).isEqualTo(new PublishOutcome(Status.WRITTEN, null));
    Pull pull = shop.gitHub.pulls().all().get(0);
    assertThat(pull.head()).isEqualTo(PublishedShop.BRANCH);
    assertThat(pull.base()).isEqualTo("main");
    assertThat(pull.draft()).isTrue();
    assertThat(pull.labels()).containsExactly("security");
    assertThat(pull.body())
        .contains("RepoFleet-Batch: nightly\nRepoFleet-Review: " + PublishedShop.KEY)
        .contains("a-model")
        .doesNotContain("#1", "@everyone", "<b>", "{{");
    assertThat(shop.host.git("acme/shop", "log", "-1", "--format=%an %ae%n%B", shop.head()))
        .startsWith("RepoFleet repofleet@bot.invalid\n")
        .contains("RepoFleet-Batch: nightly");
    assertThat(shop.host.git("acme/shop", "rev-parse", shop.head() + "^"))
        .isEqualTo(shop.commit.strip());
    assertThat(shop.host.git("acme/shop", "show", shop.head() + ":src/app.py"))
        .contains("subprocess.run");
    String first = shop.head();

    assertThat(shop.pullRequest().status()).isEqualTo(Status.ALREADY);
    assertThat(shop.forget()).isTrue();
    assertThat(shop.pullRequest().status()).as("by what the forge has").isEqualTo(Status.ALREADY);
    assertThat(shop.gitHub.pulls().all()).hasSize(1);
    assertThat(shop.head()).isEqualTo(first);
    assertThat(shop.published().pullRequest()).isNotNull();
  }

  @Test
  void an_answer_that_is_lost_makes_no_second_pull_request() throws IOException {
    shop.fixed();
    shop.gitHub.pulls().loseAnswers(1);
    assertThatThrownBy(shop::pullRequest).isInstanceOf(ForgeException.class);
    assertThat(shop.published().branch()).isEqualTo(PublishedShop.BRANCH);
    String first = shop.head();
    assertThat(shop.pullRequest().status()).isEqualTo(Status.ALREADY);
    assertThat(shop.gitHub.pulls().all()).hasSize(1);
    assertThat(shop.gitHub.pulls().all().get(0).labels()).containsExactly("security");
    assertThat(shop.head()).isEqualTo(first);
  }

  @Test
  void what_a_person_made_of_it_stands() throws IOException {
    shop.fixed();
    shop.pullRequest();
    shop.gitHub.pulls().merge("acme/shop", 1);
    shop.host.git("acme/shop", "update-ref", "-d", "refs/heads/" + PublishedShop.BRANCH);
    assertThat(shop.pullRequest().status()).isEqualTo(Status.ALREADY);
    assertThat(shop.head()).as("pushed again").isEqualTo("none");
    assertThat(shop.publish(PublishedShop.options(PublishMode.LOOK, true, false)).status())
        .isEqualTo(Status.ALREADY);
    assertThat(shop.published().pullRequest())
        .extracting(Published.PullRequest::state)
        .isEqualTo("merged");
  }

  @Test
  void what_became_of_it_is_told_with_its_checks() throws IOException {
    shop.fixed();
    shop.pullRequest();
    shop.gitHub.pulls().check(shop.head(), "build", "success");
    shop.gitHub.pulls().check(shop.head(), "lint", null);
    shop.publish(PublishedShop.options(PublishMode.LOOK, true, false));
    assertThat(shop.published().pullRequest())
        .extracting(Published.PullRequest::checks)
        .isEqualTo("pending");
    shop.gitHub.pulls().check(shop.head(), "test", "failure");
    shop.publish(PublishedShop.options(PublishMode.LOOK, true, false));
    assertThat(shop.published().pullRequest())
        .extracting(Published.PullRequest::checks)
        .isEqualTo("failure");
  }

  @Test
  void who_may_not_look_is_told_so_and_what_was_known_stays() throws IOException {
    shop.fixed();
    shop.pullRequest();
    Published before = shop.published();
    PublishOptions look = PublishedShop.options(PublishMode.LOOK, true, false);
    for (int status : new int[] {401, 403, 404}) {
      shop.gitHub.fail(path -> Answers.json(status, Map.of("message", "no")));
      PublishOutcome refused = shop.publish(look);
      assertThat(refused.status()).isEqualTo(Status.ALREADY);
      assertThat(refused.message()).as("%d", status).contains("acme/shop: ", shop.host.address());
      assertThat(shop.published()).isEqualTo(before);
    }
    shop.gitHub.heal();
    assertThat(shop.publish(look).message()).isNull();
    assertThat(shop.published().problems()).isEmpty();
  }

  @Test
  void a_dry_run_checks_all_and_writes_nothing() throws IOException {
    shop.fixed();
    assertThat(shop.publish(PublishedShop.options(PublishMode.DRY_RUN, true, false)).status())
        .isEqualTo(Status.WRITTEN);
    assertThat(shop.head()).isEqualTo("none");
    assertThat(shop.gitHub.pulls().all()).isEmpty();
    assertThat(
            shop.store.exists(
                ArtifactUri.of(ArtifactPaths.published(PublishedShop.BATCH, PublishedShop.KEY))))
        .isFalse();
  }

  @Test
  void a_rehearsal_a_partial_result_and_one_without_changes_are_not_published() throws IOException {
    shop.write("src/app.py", "x\n");
    shop.keep(shop.result().agent(new AgentInfo("rehearsal", null, null)).rehearsal(true).build());
    assertThat(shop.pullRequest().message()).contains("rehearsal");
    shop.keep(shop.result().files(ReviewArtifacts.NONE).build());
    assertThat(shop.pullRequest())
        .isEqualTo(new PublishOutcome(Status.NOTHING, "there are no changes"));
    assertThat(shop.gitHub.requests()).noneMatch(request -> request.startsWith("POST"));
  }

  @Test
  void workflow_files_are_published_only_when_a_person_says_so() throws IOException {
    shop.write(".github/workflows/ci.yml", "on: push\n");
    shop.keep(shop.result().build());
    assertThat(shop.pullRequest().message()).contains("--allow-workflow-changes");
    assertThat(shop.head()).isEqualTo("none");
    assertThat(shop.published().problems()).hasSize(1);
    assertThat(
            shop.publish(
                    new PublishOptions(
                        PublishMode.PUBLISH, true, true, false, true, false, List.of(), null))
                .status())
        .isEqualTo(Status.WRITTEN);
    assertThat(shop.published().problems()).isEmpty();
  }

  @Test
  void a_patch_that_is_not_what_the_agent_left_is_not_published() throws IOException {
    shop.write("src/app.py", "x\n");
    shop.keep(shop.result().treeHash("1".repeat(40)).build());
    assertThat(shop.pullRequest().message()).contains("another tree than the agent left");
    assertThat(shop.head()).isEqualTo("none");
  }

  @Test
  void a_link_out_of_the_tree_is_refused() throws IOException {
    Files.createSymbolicLink(shop.work.resolve("passwords"), Path.of("/etc/passwd"));
    shop.keep(shop.result().build());
    assertThat(shop.pullRequest().message()).contains("passwords leads out of the repository");
    assertThat(shop.head()).isEqualTo("none");
  }

  @Test
  void somebody_elses_branch_of_that_name_is_left_alone() throws IOException {
    shop.fixed();
    shop.host.git(
        "acme/shop", "update-ref", "refs/heads/" + PublishedShop.BRANCH, shop.commit.strip());
    assertThat(shop.pullRequest().message()).contains("is there with other changes");
    assertThat(shop.head()).isEqualTo(shop.commit.strip());
    assertThat(shop.gitHub.pulls().all()).isEmpty();
  }

  @Test
  void what_the_forge_does_not_let_in_is_told_in_its_words() throws IOException {
    shop.fixed();
    Path hook = shop.folder.resolve("forge/acme/shop/hooks/pre-receive");
    Files.createDirectories(hook.getParent());
    Files.writeString(hook, "#!/bin/sh\necho 'error: GH013: rule violations found' >&2\nexit 1\n");
    Files.setPosixFilePermissions(hook, PosixFilePermissions.fromString("rwxr-xr-x"));
    assertThat(shop.pullRequest())
        .satisfies(outcome -> assertThat(outcome.status()).isEqualTo(Status.REFUSED))
        .extracting(PublishOutcome::message)
        .asString()
        .contains("pre-receive hook declined", "GH013");
    assertThat(shop.gitHub.pulls().all()).isEmpty();
  }

  @Test
  void a_login_that_may_not_push_is_named_and_never_told() throws IOException {
    shop.fixed();
    shop.host.writableWith(token -> false);
    assertThat(shop.pullRequest().message())
        .contains("GITHUB_TOKEN")
        .doesNotContain(PublishedShop.TOKEN);
  }

  @Test
  void a_renamed_repository_is_written_under_its_new_name() throws IOException {
    shop.fixed();
    shop.host.add(shop.work, "acme/store");
    shop.gitHub.repository(FakeRepository.of(1, "acme", "shop").renamed("store"));
    assertThat(shop.pullRequest()).isEqualTo(new PublishOutcome(Status.WRITTEN, null));
    assertThat(shop.host.head("acme/store", PublishedShop.BRANCH)).isPresent();
    assertThat(shop.gitHub.pulls().all())
        .extracting(Pull::repository)
        .containsExactly("acme/store");
  }

  @Test
  void one_that_is_archived_or_gone_is_a_row_with_the_reason() throws IOException {
    shop.fixed();
    shop.gitHub.repository(FakeRepository.of(1, "acme", "shop").asArchived());
    assertThat(shop.pullRequest().message()).isEqualTo("the repository is archived");
    shop.gitHub.without(1);
    assertThat(shop.pullRequest())
        .satisfies(outcome -> assertThat(outcome.status()).isEqualTo(Status.REFUSED))
        .extracting(PublishOutcome::message)
        .asString()
        .contains("acme/shop");
  }

  @Test
  void a_limit_is_no_refusal_but_says_when_to_come_again() throws IOException {
    shop.fixed();
    shop.gitHub.slowDown(3600);
    assertThatThrownBy(shop::pullRequest)
        .isInstanceOfSatisfying(ForgeException.class, e -> assertThat(e.retryAt()).isPresent());
    shop.gitHub.heal();
    assertThat(shop.pullRequest().status()).isEqualTo(Status.WRITTEN);
  }

  @Test
  void a_small_patch_that_stands_for_a_gigabyte_does_not_take_the_workers_memory()
      throws IOException {
    try (RandomAccessFile zeros = new RandomAccessFile(shop.work.resolve("zeros").toFile(), "rw")) {
      zeros.setLength(800L << 20);
    }
    shop.keep(shop.result().build());
    assertThat(shop.pullRequest().message()).contains("can't be applied", "memory");
    assertThat(shop.head()).isEqualTo("none");
  }

  @Test
  void what_a_dead_worker_opened_is_known_by_what_it_has() throws IOException {
    shop.fixed();
    shop.pullRequest();
    shop.forget();
    assertThat(shop.pullRequest().status()).isEqualTo(Status.ALREADY);
    assertThat(shop.published().treeHash()).isNotNull();
    assertThat(shop.published().branch()).isEqualTo(PublishedShop.BRANCH);

    shop.forget();
    shop.write("src/app.py", "another fix\n");
    shop.keep(shop.result().build());
    assertThat(shop.pullRequest().message()).contains("has other changes, and is left as it is");
  }

  @Test
  void a_branch_of_a_worker_with_another_name_is_ours_by_its_tree() throws IOException {
    shop.fixed();
    shop.publish(PublishedShop.options(PublishMode.PUBLISH, false, false));
    String first = shop.head();
    shop.forget();
    shop.environment.put("GIT_AUTHOR_NAME", "Another Worker");
    assertThat(shop.pullRequest()).isEqualTo(new PublishOutcome(Status.WRITTEN, null));
    assertThat(shop.head()).isEqualTo(first);
    assertThat(shop.published().commit()).isEqualTo(first);
  }

  @Test
  void labels_that_could_not_be_given_are_given_the_next_time() throws IOException {
    shop.fixed();
    shop.gitHub.fail(
        path -> path.endsWith("/labels") ? Answers.json(403, Map.of("message", "no")) : null);
    PublishOutcome outcome = shop.pullRequest();
    assertThat(outcome.status()).isEqualTo(Status.WRITTEN);
    assertThat(outcome.message()).contains("HTTP 403");
    shop.gitHub.heal();
    assertThat(shop.pullRequest()).isEqualTo(new PublishOutcome(Status.ALREADY, null));
    assertThat(shop.gitHub.pulls().all().get(0).labels()).containsExactly("security");
  }

  @Test
  void a_path_of_control_characters_stands_in_no_message() throws IOException {
    shop.write(".circleci/\u001b]0;owned\u0007", "x");
    shop.keep(shop.result().build());
    assertThat(shop.pullRequest().message())
        .contains("control character")
        .doesNotContainPattern("\\p{Cc}");
  }

  @Test
  void who_looks_meanwhile_forgets_nothing_of_what_is_written() throws IOException {
    shop.fixed();
    shop.publish(PublishedShop.options(PublishMode.PUBLISH, false, true));
    Publication look =
        new Publication(
            PublishTools.of(
                shop.store, shop.environment, Clock.fixed(PublishedShop.NOW, ZoneOffset.UTC)),
            () -> {},
            new PublishStep(
                PublishedShop.BATCH,
                PublishedShop.KEY,
                PublishedShop.options(PublishMode.LOOK, false, false),
                shop.store.storeId()));
    shop.pullRequest();
    look.bringAbout();
    assertThat(shop.published().pullRequest()).isNotNull();
    assertThat(shop.published().sarif()).isNotNull();
  }

  @Test
  void an_apps_token_that_died_is_asked_for_again() throws IOException {
    shop.gitHub.install(
        7, "acme", Set.of(), "contents=write", "pull_requests=write", "security_events=write");
    shop.host.writableWith(shop.gitHub::isGood);
    shop.environment.remove("GITHUB_TOKEN");
    shop.environment.put("GITHUB_APP_ID", FakeGitHub.APP_ID);
    shop.environment.put("GITHUB_APP_PRIVATE_KEY", shop.gitHub.appKey());
    PublishTools worker =
        PublishTools.of(
            shop.store, shop.environment, Clock.fixed(shop.gitHub.now(), ZoneOffset.UTC));
    Supplier<PublishOutcome> attempt =
        () ->
            new Publication(
                    worker,
                    () -> {},
                    new PublishStep(
                        PublishedShop.BATCH,
                        PublishedShop.KEY,
                        PublishedShop.options(PublishMode.PUBLISH, true, false),
                        shop.store.storeId()))
                .bringAbout();
    shop.fixed();
    AtomicInteger asked = new AtomicInteger();
    shop.gitHub.fail(
        path -> {
          // The first time it looks whether there is one.
          if (path.endsWith("/pulls") && asked.incrementAndGet() == 2) {
            shop.gitHub.advance(Duration.ofHours(1));
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
    assertThat(shop.gitHub.pulls().all()).hasSize(1);
  }

  @Test
  void changes_of_a_later_result_do_not_go_where_earlier_ones_are() throws IOException {
    shop.fixed();
    shop.pullRequest();
    String first = shop.head();
    shop.write("src/app.py", "something else\n");
    shop.keep(shop.result().build());
    assertThat(shop.pullRequest().message()).contains("is of an earlier result");
    assertThat(shop.head()).isEqualTo(first);
  }
}
