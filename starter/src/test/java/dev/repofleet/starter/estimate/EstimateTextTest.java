package dev.repofleet.starter.estimate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.plan.CloneOptions;
import dev.repofleet.starter.estimate.PastReview.Place;
import dev.repofleet.starter.render.TextStyle;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EstimateTextTest {
  private static final Place NEW = new Place("new", "host/new", null, null);

  private static EstimateRow review(List<PastReview> past, Place place) {
    return EstimateRow.review(
        new CostEstimator(past), place, place.key(), "c".repeat(40), null, Past.PLAN, 2.00, true);
  }

  private static EstimateSummary summary(
      int of, @Nullable Double budgetUsd, List<EstimateRow> rows) {
    return EstimateSummary.of(new EstimateSummary.Batch(of, 2, of * 2.00, budgetUsd), rows);
  }

  private static List<String> lines(List<EstimateRow> rows, EstimateSummary summary) {
    return EstimateText.lines(rows, summary, TextStyle.PLAIN);
  }

  @Test
  void each_target_says_what_it_may_cost_and_why() {
    List<PastReview> past =
        List.of(
            Past.review(Past.place(1, 312), Past.PLAN, 0.20),
            Past.review(Past.place(2, 100), Past.PLAN, 0.40));
    List<EstimateRow> rows =
        List.of(
            review(past, Past.place(1, 312)),
            review(past, NEW),
            EstimateRow.skip(Past.place(2, 100), "repo-2", "d".repeat(40), "monday"),
            EstimateRow.fail(
                new Place("gone", "host/gone", null, null),
                "o/gone",
                "git_not_found",
                "o/gone: there is no such repository"));

    assertThat(lines(rows, summary(4, null, rows)))
        .containsExactly(
            "TARGET  WOULD BE       SIZE    P50    P90  FROM",
            "repo-1  reviewed  312 files  $0.20  $0.20  its own review with plan security"
                + " of 2026-11-01",
            "new     reviewed  not known  $0.20  $0.40  2 reviews with plan security since"
                + " 2026-11-01",
            "repo-2  skipped   100 files  $0.00  $0.00  unchanged since batch monday",
            "o/gone  failed    not known  $0.00  $0.00  git_not_found",
            "",
            "o/gone: there is no such repository",
            "4 repositories: 2 would be reviewed, 1 skipped as unchanged, 1 failed",
            "Cost: $0.60 (p50), $0.60 (p90); at most $4.00, what the plan's limits.budgetUsd"
                + " allows",
            "Time: about 1 min 0 s with 2 at once, by the median of what those reviews took");
  }

  @Test
  void what_has_no_room_in_the_table_is_told_below_it() {
    List<EstimateRow> rows =
        List.of(review(List.of(Past.review(Past.place(1, 312), Past.PLAN, 0.20)), NEW));

    assertThat(EstimateText.lines(rows, summary(1, null, rows), new TextStyle(70, false)))
        .contains("From 1 review with plan security of 2026-11-01");
  }

  @Test
  void what_comes_with_the_clone_alone_is_said_not_to_be_looked_at() {
    assertThat(EstimateText.notLookedAt(new CloneOptions(1, true, false)))
        .hasValueSatisfying(line -> assertThat(line).startsWith("Submodules are not looked at"));
    assertThat(EstimateText.notLookedAt(new CloneOptions(1, true, true)))
        .hasValueSatisfying(
            line -> assertThat(line).startsWith("Submodules and files of Git LFS are not"));
    assertThat(EstimateText.notLookedAt(new CloneOptions(1, false, false))).isEmpty();
  }

  @Test
  void without_a_review_only_what_the_plan_allows_is_known() {
    List<EstimateRow> rows = List.of(review(List.of(), NEW));

    assertThat(lines(rows, summary(1, null, rows)))
        .anySatisfy(
            line ->
                assertThat(line)
                    .containsSubsequence("-", "-", "no review yet; the plan allows $2.00"))
        .contains(
            "Cost: not known, since this store has no review of this agent to go by; at most"
                + " $2.00, what the plan's limits.budgetUsd allows")
        .noneMatch(line -> line.startsWith("Time:"));
    assertThat(summary(1, null, rows).p50Usd()).isNull();
  }

  @Test
  void a_batch_never_costs_more_than_its_budget_and_says_how_likely_it_gets_there() {
    List<PastReview> past =
        List.of(
            Past.review(Past.place(1, 1), Past.PLAN, 0.10),
            Past.review(Past.place(2, 1), Past.PLAN, 1.00));
    List<EstimateRow> rows = List.of(review(past, NEW));
    EstimateSummary summary = summary(1, 0.50, rows);

    assertThat(summary.p90Usd()).isEqualTo(0.50);
    assertThat(summary.maxUsd()).isEqualTo(0.50);
    assertThat(summary.overBudget()).isBetween(0.45, 0.55);
    assertThat(lines(rows, summary))
        .anyMatch(
            line -> line.matches("Cost: .*at most \\$0.50, the batch's budget; in [0-9]+ % of .*"));
  }

  @Test
  void a_rehearsal_costs_nothing() {
    List<EstimateRow> rows =
        List.of(
            EstimateRow.review(
                new CostEstimator(List.of()),
                NEW,
                "new",
                "c".repeat(40),
                null,
                Past.PLAN,
                2.00,
                false));

    assertThat(lines(rows, EstimateSummary.of(new EstimateSummary.Batch(1, 2, 0, null), rows)))
        .contains("Cost: $0.00, no model is used")
        .anyMatch(line -> line.endsWith("no model is used"));
  }

  @Test
  void a_sample_stands_for_all_and_says_so() {
    List<PastReview> past = List.of(Past.review(Past.place(1, 1), Past.PLAN, 0.25));
    List<EstimateRow> rows = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      rows.add(review(past, NEW));
    }
    EstimateSummary summary = summary(1000, null, rows);

    assertThat(summary.p50Usd()).isEqualTo(250.0);
    assertThat(summary.maxUsd()).isEqualTo(2000.0);
    assertThat(summary.seconds()).isEqualTo(1000 * 60 / 2);
    assertThat(lines(rows, summary))
        .contains(
            "10 of 1000 repositories were looked at, evenly spread: 10 would be reviewed, 0"
                + " skipped as unchanged, 0 failed");
  }

  private static EstimateRow unknown(String key) {
    return EstimateRow.unknown(
        new Place(key, "host/" + key, null, null),
        key,
        "git_rate_limited",
        key + ": the host limits requests",
        2.00);
  }

  @Test
  void for_what_could_not_be_asked_the_others_stand() {
    List<PastReview> past = List.of(Past.review(Past.place(1, 1), Past.PLAN, 0.25));
    List<EstimateRow> rows = List.of(review(past, NEW), unknown("away"), unknown("gone"));
    EstimateSummary summary = summary(3, null, rows);

    assertThat(summary.lookedAt()).isEqualTo(1);
    assertThat(summary.p50Usd()).isEqualTo(0.75);
    assertThat(summary.maxUsd()).isEqualTo(6.00);
    assertThat(lines(rows, summary))
        .anyMatch(line -> line.matches("away +unknown +not known +- +- +git_rate_limited"))
        .contains(
            "away: the host limits requests",
            "3 repositories: 1 would be reviewed, 0 skipped as unchanged, 0 failed, 2 could not be"
                + " asked now, for which the others stand");
  }

  @Test
  void where_none_could_be_asked_nothing_is_known() {
    List<EstimateRow> rows = List.of(unknown("away"));
    EstimateSummary summary = summary(1, null, rows);

    assertThat(summary.p50Usd()).isNull();
    assertThat(summary.seconds()).isNull();
    assertThat(lines(rows, summary))
        .contains(
            "Cost: not known, since no repository could be asked now; at most $2.00, what the"
                + " plan's limits.budgetUsd allows");
  }

  @Test
  void a_line_of_what_is_compared_names_the_base_and_what_it_stands_on() {
    CostEstimator estimator =
        new CostEstimator(List.of(Past.incremental(Past.place(1, 1), Past.PLAN, 0.05)));

    assertThat(
            ArtifactJson.line(
                EstimateRow.review(
                    estimator, NEW, "new", "c".repeat(40), "b".repeat(40), Past.PLAN, 2.00, true)))
        .contains("\"base\":\"" + "b".repeat(40), "\"p50Usd\":0.05", "\"incremental\":true");
  }

  @Test
  void a_line_for_scripts_says_what_it_stands_on() {
    List<PastReview> past = List.of(Past.review(Past.place(1, 312), Past.PLAN, 0.20));
    List<EstimateRow> rows = List.of(review(past, NEW));

    assertThat(ArtifactJson.line(rows.get(0)))
        .isEqualTo(
            "{\"type\":\"estimate\",\"key\":\"new\",\"target\":\"new\",\"action\":\"review\","
                + "\"commit\":\""
                + "c".repeat(40)
                + "\",\"p50Usd\":0.2,\"p90Usd\":0.2,\"maxUsd\":2.0,\"basis\":{\"of\":\"all\","
                + "\"plan\":\"same\",\"incremental\":false,\"reviews\":1,\"since\":\"2026-11-01T10:00:00Z\"}}");
    assertThat(ArtifactJson.line(summary(1, null, rows)))
        .isEqualTo(
            "{\"type\":\"estimate_summary\",\"repositories\":1,\"lookedAt\":1,\"review\":1,"
                + "\"skip\":0,\"fail\":0,\"unknown\":0,\"concurrency\":2,\"p50Usd\":0.2,\"p90Usd\":0.2,"
                + "\"maxUsd\":2.0,\"seconds\":60}");
  }
}
