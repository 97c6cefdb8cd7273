package dev.repofleet.starter.review;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.ArtifactPaths;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.ArtifactStores;
import dev.repofleet.artifacts.Sha256;
import dev.repofleet.artifacts.plan.Plan;
import dev.repofleet.artifacts.result.AgentInfo;
import dev.repofleet.artifacts.result.BatchResult;
import dev.repofleet.artifacts.result.BatchRow;
import dev.repofleet.artifacts.result.BatchStatus;
import dev.repofleet.artifacts.result.CostSource;
import dev.repofleet.artifacts.result.Coverage;
import dev.repofleet.artifacts.result.CoverageStatus;
import dev.repofleet.artifacts.result.IncrementalInfo;
import dev.repofleet.artifacts.result.RepositoryResult;
import dev.repofleet.artifacts.result.RepositoryStatus;
import dev.repofleet.artifacts.result.TurnPurpose;
import dev.repofleet.artifacts.result.TurnResult;
import dev.repofleet.artifacts.result.Usage;
import dev.repofleet.artifacts.target.ManifestWriter;
import dev.repofleet.artifacts.target.TargetKind;
import dev.repofleet.artifacts.target.TargetPlan;
import dev.repofleet.artifacts.target.TargetRow;
import dev.repofleet.starter.estimate.PastReview;
import dev.repofleet.workflows.AgentKind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PastReviewsTest {
  private static final Instant END = Instant.parse("2026-11-02T10:00:00Z");
  private static final AgentInfo CLAUDE = new AgentInfo("claude", "2.1", "large");
  private static final Plan PLAN = Plan.builder("security", "Look").build();

  @TempDir Path folder = Path.of("");

  private ArtifactStore store() {
    return ArtifactStores.open(folder.resolve("store").toString());
  }

  private static TargetRow row(int index) {
    return new TargetRow(
        index,
        "repo-" + index,
        "o/repo-" + index,
        TargetKind.GIT,
        "https://github.com/O/repo-" + index + ".git",
        null,
        "src",
        null,
        null,
        "github.com",
        "O",
        "repo-" + index);
  }

  private static Usage cost(double usd, CostSource source) {
    return new Usage(1, 0, 0, 1, usd, source, 0);
  }

  private static RepositoryResult.Builder result(String batch, TargetRow row) {
    return result(batch, row, RepositoryStatus.COMPLETE);
  }

  private static RepositoryResult.Builder result(
      String batch, TargetRow row, RepositoryStatus status) {
    return RepositoryResult.builder(batch, row, status)
        .agent(CLAUDE)
        .usage(cost(0.5, CostSource.REPORTED))
        .coverage(new Coverage(CoverageStatus.COMPLETE, 42, 42, List.of()))
        .endedAt(END)
        .durations(
            Map.of(
                "lease", Duration.ofHours(1),
                "approval", Duration.ofDays(2),
                "clone", Duration.ofSeconds(10),
                "run", Duration.ofMinutes(5)));
  }

  /** A batch of one repository that has ended. */
  private void batch(String batch, UnaryOperator<RepositoryResult.Builder> as) {
    batch(batch, row(0), as);
  }

  private void batch(String batch, TargetRow row, UnaryOperator<RepositoryResult.Builder> as) {
    begin(batch, List.of(row));
    put(ArtifactPaths.review(batch, row.key()), as.apply(result(batch, row)).build());
    end(batch);
  }

  private void batch(String batch, RepositoryStatus status, @Nullable String cause) {
    begin(batch, List.of(row(0)));
    put(ArtifactPaths.review(batch, "repo-0"), result(batch, row(0), status).cause(cause).build());
    end(batch);
  }

  /** One whose result says how its repository ended. */
  private void batch(String batch, TargetRow row, RepositoryStatus status) {
    batch(batch, status, null);
    RepositoryResult result = result(batch, row, status).build();
    put(
        ArtifactPaths.batch(batch),
        BatchResult.of(
            new BatchResult.Head(batch, BatchStatus.COMPLETE, null, null, CLAUDE, END, END),
            List.of(BatchRow.of(result, result.files().uris()))));
  }

  private void older(String batch) throws IOException {
    Files.setLastModifiedTime(
        folder.resolve("store").resolve(ArtifactPaths.batch(batch)), FileTime.from(END));
  }

  private void begin(String batch, List<TargetRow> rows) {
    put(ArtifactPaths.plan(batch), PLAN);
    try (ManifestWriter writer = new ManifestWriter(store(), batch)) {
      rows.forEach(writer::add);
      writer.finish();
    }
  }

  private void end(String batch) {
    store().putNamed(ArtifactPaths.batch(batch), "{}".getBytes(StandardCharsets.UTF_8));
  }

  private void put(String path, Object value) {
    store().putNamed(path, ArtifactJson.pretty(value));
  }

  private PastReviews read(String... keys) {
    return PastReviews.read(store(), AgentKind.CLAUDE, Set.of(keys));
  }

  @Test
  void a_store_without_batches_tells_nothing() {
    assertThat(read("repo-0").reviews()).isEmpty();
    assertThat(read("repo-0").place(row(0)).files()).isNull();
  }

  @Test
  void a_complete_review_tells_its_cost_its_size_its_plan_and_how_long_it_worked() {
    batch("one", as -> as);

    PastReviews past = read();

    assertThat(past.reviews())
        .singleElement()
        .satisfies(
            review -> {
              assertThat(review.costUsd()).isEqualTo(0.5);
              assertThat(review.took()).isEqualTo(Duration.ofSeconds(310));
              assertThat(review.endedAt()).isEqualTo(END);
              assertThat(review.place().repository()).isEqualTo("github.com/o/repo-0#src");
              assertThat(review.place().files()).isEqualTo(42);
              assertThat(review.plan().name()).isEqualTo("security");
              assertThat(review.plan().sha256()).isEqualTo(Sha256.of(ArtifactJson.pretty(PLAN)));
            });
    assertThat(past.place(row(0)).files()).isEqualTo(42);
    assertThat(past.unreadable()).isZero();
  }

  @Test
  void what_would_not_be_spent_again_does_not_count() {
    batch("rehearsal", as -> as.agent(new AgentInfo("rehearsal", "1", null)).rehearsal(true));
    batch("other-agent", as -> as.agent(new AgentInfo("another", "1", null)));
    batch("retried", as -> as.generation(1));
    batch("unknown", as -> as.usage(cost(0.5, CostSource.UNKNOWN)));
    batch(
        "asked-by-a-person",
        as ->
            as.turns(
                List.of(
                    new TurnResult(
                        1,
                        TurnPurpose.FOLLOW_UP,
                        RepositoryStatus.COMPLETE,
                        null,
                        1,
                        1,
                        Usage.NONE,
                        null,
                        null))));
    begin("running", List.of(row(0)));
    put(ArtifactPaths.review("running", "repo-0"), result("running", row(0)).build());

    PastReviews past = read("repo-0");

    assertThat(past.reviews()).isEmpty();
    assertThat(past.place(row(0)).files()).as("it is as large, whoever counted").isEqualTo(42);
  }

  @Test
  void a_row_with_a_plan_of_its_own_is_of_that_plan() {
    TargetPlan own = new TargetPlan("artifact:objects/00/own", "e".repeat(64), "security");
    batch("one", row(0).withPlan(own), as -> as);

    assertThat(read().reviews())
        .extracting(review -> review.plan().sha256())
        .containsExactly(own.sha256());
  }

  @Test
  void of_a_large_batch_some_are_read_and_those_that_are_asked_for() {
    List<TargetRow> rows = new ArrayList<>();
    for (int i = 0; i < 1_001; i++) {
      rows.add(row(i));
    }
    begin("large", rows);
    rows.forEach(
        row -> put(ArtifactPaths.review("large", row.key()), result("large", row).build()));
    end("large");

    assertThat(read("repo-1", "repo-999").reviews())
        .extracting(PastReview::place)
        .extracting(PastReview.Place::key)
        .hasSize(202)
        .contains("repo-0", "repo-1", "repo-999");
  }

  @Test
  void what_the_plans_limits_ended_would_end_at_that_cost_again() {
    batch("budget", RepositoryStatus.PARTIAL, "budget_exhausted");
    batch("turns", RepositoryStatus.UNSTRUCTURED, "turns_exhausted");
    batch("time", RepositoryStatus.PARTIAL, "agent_timeout");
    batch("crash", RepositoryStatus.PARTIAL, "agent_crashed");
    batch("none", RepositoryStatus.FAILED, "budget_exhausted");

    assertThat(read().reviews()).hasSize(3);
  }

  @Test
  void a_review_of_changes_is_told_from_one_that_fell_back_to_everything() {
    batch("changes", as -> as.incremental(new IncrementalInfo("b", "monday", 3, null, null)));
    batch(
        "fell-back",
        as ->
            as.incremental(
                new IncrementalInfo("b", "monday", 900, "too_much_changed", "too much")));
    batch("full", as -> as);

    assertThat(read().reviews())
        .extracting(PastReview::incremental)
        .containsExactlyInAnyOrder(true, false, false);
  }

  @Test
  void hours_in_which_nothing_was_reviewed_hide_no_review() throws IOException {
    batch("last-week", as -> as);
    older("last-week");
    for (int hour = 0; hour < 40; hour++) {
      batch("hour-" + hour, RepositoryStatus.SKIPPED_UNCHANGED, null);
    }

    assertThat(read("repo-0").reviews()).hasSize(1);
  }

  @Test
  void a_batch_of_which_nothing_was_reviewed_is_not_opened_further() {
    batch("unchanged", row(0), RepositoryStatus.SKIPPED_UNCHANGED);
    batch("reviewed", row(0), RepositoryStatus.COMPLETE);

    PastReviews past = read("repo-0");

    assertThat(past.results()).isEqualTo(1);
    assertThat(past.reviews()).hasSize(1);
    assertThat(past.unreadable()).isZero();
  }

  @Test
  void only_what_a_batch_has_results_of_is_read() {
    begin("one", List.of(row(0), row(1)));
    put(ArtifactPaths.review("one", "repo-1"), result("one", row(1)).build());
    end("one");

    assertThat(read("repo-0", "repo-1", "repo-2").results()).isEqualTo(1);
  }

  @Test
  void a_damaged_result_counts_for_nothing_and_is_counted() {
    batch("one", as -> as);
    batch("two", as -> as);
    store().putNamed(ArtifactPaths.review("one", "repo-0"), "{".getBytes(StandardCharsets.UTF_8));

    PastReviews past = read();

    assertThat(past.reviews()).hasSize(1);
    assertThat(past.unreadable()).isEqualTo(1);
  }
}
