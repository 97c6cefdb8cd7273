package dev.repofleet.starter.estimate;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import dev.repofleet.starter.estimate.EstimateRow.Action;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a batch may cost as a whole: the last line of {@code review --dry-run --json}.
 *
 * @param repositories of the batch
 * @param lookedAt how many of them are known; fewer where the list is long, evenly spread over it,
 *     and where a host does not answer now: these stand for the others
 * @param review of those looked at, how many would be reviewed
 * @param skip likewise, an earlier result standing in
 * @param fail likewise, that can't be found
 * @param unknown that could not be asked now, and are not among those looked at
 * @param concurrency most at once
 * @param p50Usd in half of the draws the batch comes to no more; absent without any review to stand
 *     on
 * @param p90Usd in nine of ten it comes to no more
 * @param maxUsd what the plan allows all of them, or the batch's budget where that is less
 * @param budgetUsd of the batch; absent without one
 * @param overBudget share of the draws, 0 to 1, that come to more than the budget
 * @param seconds that it would take, by the median of what those reviews took; absent without any
 */
@JsonPropertyOrder({
  "type",
  "repositories",
  "lookedAt",
  "review",
  "skip",
  "fail",
  "unknown",
  "concurrency",
  "p50Usd",
  "p90Usd",
  "maxUsd",
  "budgetUsd",
  "overBudget",
  "seconds"
})
public record EstimateSummary(
    int repositories,
    int lookedAt,
    int review,
    int skip,
    int fail,
    int unknown,
    int concurrency,
    @Nullable Double p50Usd,
    @Nullable Double p90Usd,
    double maxUsd,
    @Nullable Double budgetUsd,
    @Nullable Double overBudget,
    @Nullable Long seconds) {

  /**
   * What the batch is beside its rows.
   *
   * @param repositories of the batch, at least as many as rows
   * @param concurrency most at once
   * @param allowedUsd what the plans allow all of them together
   * @param budgetUsd of the batch; absent without one
   */
  public record Batch(
      int repositories, int concurrency, double allowedUsd, @Nullable Double budgetUsd) {}

  /** Of what was seen of each, or of some that stand for the others. */
  public static EstimateSummary of(Batch batch, List<EstimateRow> asked) {
    List<EstimateRow> rows = asked.stream().filter(row -> row.action() != Action.UNKNOWN).toList();
    boolean known = !rows.isEmpty() && rows.stream().allMatch(row -> row.p50Usd() != null);
    Double budget = batch.budgetUsd();
    double[] sums =
        CostEstimator.sums(rows.stream().map(EstimateRow::costs).toList(), batch.repositories());
    double most = budget == null ? Double.MAX_VALUE : budget;
    Spread spread = known ? Spread.of(sums).atMost(most).rounded() : null;
    return new EstimateSummary(
        batch.repositories(),
        rows.size(),
        count(rows, Action.REVIEW),
        count(rows, Action.SKIP),
        count(rows, Action.FAIL),
        asked.size() - rows.size(),
        batch.concurrency(),
        spread == null ? null : spread.p50(),
        spread == null ? null : spread.p90(),
        Math.min(allowed(batch, asked), most),
        budget,
        known && budget != null
            ? Arrays.stream(sums).filter(sum -> sum > budget).count() / (double) sums.length
            : null,
        seconds(batch, rows));
  }

  private static int count(List<EstimateRow> rows, Action action) {
    return (int) rows.stream().filter(row -> row.action() == action).count();
  }

  /** Of those that were not looked at, each may be reviewed. */
  private static double allowed(Batch batch, List<EstimateRow> rows) {
    return batch.repositories() > rows.size()
        ? batch.allowedUsd()
        : rows.stream().mapToDouble(EstimateRow::maxUsd).sum();
  }

  private static @Nullable Long seconds(Batch batch, List<EstimateRow> rows) {
    List<Duration> took =
        rows.stream().map(EstimateRow::from).filter(Objects::nonNull).map(Basis::took).toList();
    if (took.isEmpty() || took.size() < count(rows, Action.REVIEW)) {
      return null;
    }
    double share = batch.repositories() / (double) rows.size();
    double all = took.stream().mapToLong(Duration::toSeconds).sum() * share;
    double longest = took.stream().mapToLong(Duration::toSeconds).max().orElse(0);
    double atOnce = Math.min(batch.concurrency(), Math.ceil(took.size() * share));
    return Math.round(Math.max(all / atOnce, longest));
  }

  /** What tells this line from others. */
  @JsonProperty("type")
  public String type() {
    return "estimate_summary";
  }

  /** Whether only some were to be looked at. */
  boolean sampled() {
    return lookedAt + unknown < repositories;
  }
}
