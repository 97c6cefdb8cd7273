package dev.repofleet.starter.review;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.artifacts.AgentInfo;
import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.ArtifactPaths;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.ArtifactStores;
import dev.repofleet.artifacts.CostSource;
import dev.repofleet.artifacts.Coverage;
import dev.repofleet.artifacts.CoverageStatus;
import dev.repofleet.artifacts.ManifestWriter;
import dev.repofleet.artifacts.Plan;
import dev.repofleet.artifacts.RepositoryResult;
import dev.repofleet.artifacts.RepositoryStatus;
import dev.repofleet.artifacts.Sha256;
import dev.repofleet.artifacts.TargetKind;
import dev.repofleet.artifacts.TargetPlan;
import dev.repofleet.artifacts.TargetRow;
import dev.repofleet.artifacts.TurnPurpose;
import dev.repofleet.artifacts.TurnResult;
import dev.repofleet.artifacts.Usage;
import dev.repofleet.starter.estimate.PastReview;
import dev.repofleet.workflows.AgentKind;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
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
    return RepositoryResult.builder(batch, row, RepositoryStatus.COMPLETE)
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
    batch("rehearsal", as -> as.agent(new AgentInfo("rehearsal", "1", null)));
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
  void a_damaged_result_counts_for_nothing_and_is_counted() {
    batch("one", as -> as);
    batch("two", as -> as);
    store().putNamed(ArtifactPaths.review("one", "repo-0"), "{".getBytes(StandardCharsets.UTF_8));

    PastReviews past = read();

    assertThat(past.reviews()).hasSize(1);
    assertThat(past.unreadable()).isEqualTo(1);
  }
}
