package dev.repofleet.worker.publish;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.ArtifactPaths;
import dev.repofleet.artifacts.ArtifactRef;
import dev.repofleet.artifacts.ArtifactUri;
import dev.repofleet.artifacts.result.CachedResult;
import dev.repofleet.artifacts.result.Coverage;
import dev.repofleet.artifacts.result.CoverageStatus;
import dev.repofleet.artifacts.result.Published;
import dev.repofleet.artifacts.result.RepositoryResult;
import dev.repofleet.artifacts.result.ReviewArtifacts;
import dev.repofleet.forge.fake.Answers;
import dev.repofleet.worker.forge.ForgeException;
import dev.repofleet.workflows.activities.publish.PublishOutcome;
import dev.repofleet.workflows.activities.publish.PublishOutcome.Status;
import dev.repofleet.workflows.order.PublishMode;
import dev.repofleet.workflows.order.PublishOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One repository's findings to a forge that behaves. */
@Timeout(900)
class FindingsUploadIT {
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
  void findings_are_uploaded_once_and_only_when_all_was_looked_at() throws IOException {
    shop.write("src/app.py", "x\n");
    PublishOptions sarif = PublishedShop.options(PublishMode.PUBLISH, false, true);
    shop.keep(
        shop.result().coverage(new Coverage(CoverageStatus.PARTIAL, 1, 2, List.of())).build());
    assertThat(shop.publish(sarif).message()).contains("not all of it was looked at");
    shop.keep(shop.result().build());
    assertThat(shop.publish(sarif).status()).isEqualTo(Status.WRITTEN);
    assertThat(shop.publish(sarif).status()).isEqualTo(Status.ALREADY);
    assertThat(shop.gitHub.pulls().uploads()).hasSize(1);
    assertThat(shop.gitHub.pulls().uploads().get(0))
        .satisfies(
            upload -> {
              assertThat(upload.commit()).isEqualTo(shop.commit.strip());
              assertThat(upload.ref()).isEqualTo("refs/heads/main");
            });
  }

  @Test
  void what_a_later_batch_uploaded_is_not_covered_by_an_earlier_one() throws IOException {
    shop.write("src/app.py", "x\n");
    PublishOptions sarif = PublishedShop.options(PublishMode.PUBLISH, false, true);
    shop.keep(shop.result().build());
    assertThat(shop.publish(sarif).status()).isEqualTo(Status.WRITTEN);
    RepositoryResult monday = shop.result().build();
    String pointer = shop.store.list("uploads").get(0);
    CachedResult last = ArtifactJson.read(shop.store, pointer, CachedResult.class, 1 << 20);
    assertThat(last.batch()).isEqualTo(PublishedShop.BATCH);
    shop.store.putNamed(
        ArtifactUri.path(pointer),
        ArtifactJson.pretty(
            new CachedResult(
                1,
                last.key(),
                "tuesday",
                "k",
                last.review(),
                null,
                null,
                // A person went on with the older one days later.
                Objects.requireNonNull(monday.endedAt()).minusSeconds(1),
                null,
                Objects.requireNonNull(monday.startedAt()).plusSeconds(1))));
    assertThat(shop.forget()).isTrue();
    assertThat(shop.publish(sarif).message())
        .contains("batch tuesday, whose review began later, has uploaded its own");
    assertThat(shop.gitHub.pulls().uploads()).hasSize(1);
  }

  @Test
  void an_upload_that_is_refused_keeps_nothing_else_from_being_published() throws IOException {
    shop.fixed();
    shop.gitHub.pulls().refuseUploads("Code scanning is not enabled for this repository");
    PublishOutcome outcome =
        shop.publish(
            new PublishOptions(
                PublishMode.PUBLISH, true, true, true, false, false, List.of(), null));
    assertThat(outcome.status()).isEqualTo(Status.WRITTEN);
    assertThat(outcome.message()).contains("Code scanning is not enabled");
    assertThat(shop.gitHub.pulls().all()).hasSize(1);
  }

  @Test
  void an_upload_that_failed_is_told_with_githubs_words_and_tried_again() throws IOException {
    shop.fixed();
    shop.gitHub.pulls().failUploads("rule id is too long");
    PublishOptions findings = PublishedShop.options(PublishMode.PUBLISH, false, true);
    assertThat(shop.publish(findings).status()).isEqualTo(Status.WRITTEN);
    assertThat(shop.publish(findings).message())
        .as("it was taken, and GitHub has read it since")
        .contains("rule id is too long");
    assertThat(shop.published().sarif()).extracting(Published.Sarif::state).isEqualTo("failed");
    assertThat(shop.published().problems())
        .singleElement()
        .asString()
        .contains("rule id is too long");
    shop.gitHub.pulls().failUploads();
    assertThat(shop.publish(findings).status()).isEqualTo(Status.WRITTEN);
    assertThat(shop.gitHub.pulls().uploads()).hasSize(2);
  }

  @Test
  void an_upload_that_github_does_not_know_any_more_is_made_again() throws IOException {
    shop.fixed();
    PublishOptions findings = PublishedShop.options(PublishMode.PUBLISH, false, true);
    shop.publish(findings);
    shop.gitHub.fail(
        path ->
            path.contains("/code-scanning/sarifs/")
                ? Answers.json(404, Map.of("message", "Not Found"))
                : null);
    PublishOutcome again = shop.publish(findings);
    assertThat(again.status()).as(String.valueOf(again.message())).isEqualTo(Status.WRITTEN);
    assertThat(shop.gitHub.pulls().uploads()).hasSize(2);
  }

  @Test
  void an_upload_that_was_read_later_is_looked_at_without_publishing_too() throws IOException {
    shop.fixed();
    shop.gitHub.pulls().failUploads("rule id is too long");
    shop.publish(PublishedShop.options(PublishMode.PUBLISH, false, true));
    shop.publish(PublishedShop.options(PublishMode.LOOK, false, false));
    assertThat(shop.published().sarif()).extracting(Published.Sarif::state).isEqualTo("failed");
    assertThat(shop.published().problems())
        .singleElement()
        .asString()
        .contains("rule id is too long");
  }

  @Test
  void findings_are_of_the_branch_that_was_reviewed_also_where_the_default_is_another_by_now()
      throws IOException {
    shop.resolvedRef = "refs/heads/release";
    shop.host.git("acme/shop", "branch", "release", "main");
    shop.fixed();
    shop.publish(PublishedShop.options(PublishMode.PUBLISH, false, true));
    assertThat(shop.gitHub.pulls().uploads())
        .singleElement()
        .satisfies(upload -> assertThat(upload.ref()).isEqualTo("refs/heads/release"));
    shop.pullRequest();
    assertThat(shop.gitHub.pulls().all())
        .singleElement()
        .satisfies(pull -> assertThat(pull.base()).isEqualTo("release"));
  }

  @Test
  void findings_that_had_no_room_in_the_file_are_not_uploaded() throws IOException {
    shop.fixed();
    shop.store.putNamed(
        ArtifactPaths.sarif(PublishedShop.BATCH, PublishedShop.KEY),
        "{\"runs\":[{\"properties\":{\"resultsDropped\":3}}]}".getBytes(UTF_8));
    RepositoryResult.Builder result = shop.result();
    ArtifactRef sarif =
        shop.store.putNamed(
            ArtifactPaths.sarif(PublishedShop.BATCH, PublishedShop.KEY),
            "{\"runs\":[{\"properties\":{\"resultsDropped\":3}}]}".getBytes(UTF_8));
    shop.keep(result.files(new ReviewArtifacts(null, null, sarif, null, null, null)).build());
    assertThat(shop.publish(PublishedShop.options(PublishMode.PUBLISH, false, true)).message())
        .contains("the worst findings alone");
    assertThat(shop.gitHub.pulls().uploads()).isEmpty();
  }

  @Test
  void a_limit_of_uploads_says_when_it_ends() throws IOException {
    shop.fixed();
    shop.gitHub.fail(
        path ->
            path.contains("/code-scanning/")
                ? Answers.json(403, Map.of("message", "You have exceeded a secondary rate limit"))
                    .newBuilder()
                    .setHeader("Retry-After", "3000")
                    .build()
                : null);
    assertThatThrownBy(() -> shop.publish(PublishedShop.options(PublishMode.PUBLISH, false, true)))
        .isInstanceOfSatisfying(
            ForgeException.class,
            limited -> assertThat(limited.retryAt()).contains(PublishedShop.NOW.plusSeconds(3000)));
  }
}
