package dev.repofleet.starter.estimate;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import dev.repofleet.starter.estimate.PastReview.Place;
import dev.repofleet.starter.estimate.PastReview.PlanMark;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a batch would begin with a target, and what that may cost. As a line of {@code --json} its
 * form is for scripts and lasts.
 *
 * @param key of the target
 * @param target as the person typed it
 * @param action {@code review}, {@code skip} where an earlier result stands in, {@code fail},
 *     {@code unknown} where the host does not answer now
 * @param commit that would be reviewed; absent where it fails or is unknown
 * @param base commit with which it would be compared, so that only changes are reviewed
 * @param unchangedSince the batch whose result stands in
 * @param cause why it would fail, or is unknown: a name from the table of failures
 * @param message the cause in a sentence
 * @param files that an earlier review has counted there
 * @param bundleBytes of a path's commit, packed
 * @param p50Usd half of the reviews it stands on cost no more; absent without any, and where it is
 *     unknown what would be done
 * @param p90Usd nine of ten of them cost no more
 * @param maxUsd what the plan allows it
 * @param basis what the estimate stands on; absent where nothing would be reviewed, or nothing is
 *     known
 * @param from the basis itself; not in JSON
 */
@JsonPropertyOrder({
  "type",
  "key",
  "target",
  "action",
  "commit",
  "base",
  "unchangedSince",
  "cause",
  "message",
  "files",
  "bundleBytes",
  "p50Usd",
  "p90Usd",
  "maxUsd",
  "basis"
})
public record EstimateRow(
    String key,
    String target,
    Action action,
    @Nullable String commit,
    @Nullable String base,
    @Nullable String unchangedSince,
    @Nullable String cause,
    @Nullable String message,
    @Nullable Integer files,
    @Nullable Long bundleBytes,
    @Nullable Double p50Usd,
    @Nullable Double p90Usd,
    double maxUsd,
    @Nullable BasisLine basis,
    @JsonIgnore @Nullable Basis from) {
  /** Refuses absent parts. */
  public EstimateRow {
    Objects.requireNonNull(key, "key");
    Objects.requireNonNull(target, "target");
    Objects.requireNonNull(action, "action");
  }

  /** What a batch would do. */
  public enum Action {
    /** Review it. */
    @JsonProperty("review")
    REVIEW,
    /** Take an earlier result. */
    @JsonProperty("skip")
    SKIP,
    /** Nothing: it can't be found. */
    @JsonProperty("fail")
    FAIL,
    /** Not known: the host could not be asked now, and a batch would try for longer. */
    @JsonProperty("unknown")
    UNKNOWN
  }

  /**
   * What an estimate stands on, for scripts.
   *
   * @param of {@code repository}, {@code similar} or {@code all}
   * @param plan {@code same}, {@code name} or {@code other}
   * @param incremental whether they were of changes only
   * @param reviews how many
   * @param since the first of them ended
   */
  public record BasisLine(
      String of, String plan, boolean incremental, int reviews, Instant since) {}

  /**
   * A target that would be reviewed.
   *
   * @param base commit with which it would be compared; absent when everything is reviewed
   * @param capUsd what its plan allows
   * @param costs whether the agent uses a model at all
   */
  public static EstimateRow review(
      CostEstimator estimator,
      Place place,
      String target,
      String commit,
      @Nullable String base,
      PlanMark plan,
      double capUsd,
      boolean costs) {
    Basis from = costs ? estimator.basis(place, plan, base != null).orElse(null) : null;
    Spread spread =
        from == null ? (costs ? null : Spread.ZERO) : Spread.of(from.costs(capUsd)).rounded();
    return new EstimateRow(
        place.key(),
        target,
        Action.REVIEW,
        commit,
        base,
        null,
        null,
        null,
        place.files(),
        place.bundleBytes(),
        spread == null ? null : spread.p50(),
        spread == null ? null : spread.p90(),
        costs ? capUsd : 0,
        from == null
            ? null
            : new BasisLine(
                from.of().word(),
                from.plan().word(),
                from.incremental(),
                from.reviews().size(),
                from.since()),
        from);
  }

  /** A target whose earlier result stands in. */
  public static EstimateRow skip(Place place, String target, String commit, String since) {
    return new EstimateRow(
        place.key(),
        target,
        Action.SKIP,
        commit,
        null,
        since,
        null,
        null,
        place.files(),
        place.bundleBytes(),
        0.0,
        0.0,
        0,
        null,
        null);
  }

  /** A target that would fail before anything is spent. */
  public static EstimateRow fail(Place place, String target, String cause, String message) {
    return without(Action.FAIL, place, target, cause, message, 0.0, 0);
  }

  /**
   * A target whose host does not answer now.
   *
   * @param maxUsd what its plan allows it, should a batch review it
   */
  public static EstimateRow unknown(
      Place place, String target, String cause, String message, double maxUsd) {
    return without(Action.UNKNOWN, place, target, cause, message, null, maxUsd);
  }

  private static EstimateRow without(
      Action action,
      Place place,
      String target,
      String cause,
      String message,
      @Nullable Double usd,
      double maxUsd) {
    return new EstimateRow(
        place.key(),
        target,
        action,
        null,
        null,
        null,
        cause,
        message,
        place.files(),
        place.bundleBytes(),
        usd,
        usd,
        maxUsd,
        null,
        null);
  }

  /** What tells this line from others. */
  @JsonProperty("type")
  public String type() {
    return "estimate";
  }

  /** Each cost it may have; a single zero where nothing is spent. */
  double[] costs() {
    return from == null ? new double[1] : from.costs(maxUsd);
  }
}
