package dev.repofleet.workflows.batch;

import dev.repofleet.workflows.order.BatchLimits;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The money of a batch. What is in work has its share reserved, so that all of it together can't
 * pass the limit by more than the turn that each is in.
 *
 * @param limitUsd for all repositories together; absent: none
 * @param spentUsd by those that have ended
 * @param reservedUsd for those in work
 */
record Budget(@Nullable Double limitUsd, double spentUsd, double reservedUsd) {
  /** Far below a cent: sums of shares are not exact. */
  private static final double ROUNDING = 1e-9;

  /** Whether there is a useful share left for a repository that may cost so much. */
  boolean affords(double capUsd) {
    return limitUsd == null || leftUsd() + ROUNDING >= BatchLimits.leastShareUsd(capUsd);
  }

  /** What such a repository gets; absent where nothing limits it. */
  @Nullable Double share(double capUsd) {
    return limitUsd == null ? null : (Double) Math.max(0, Math.min(capUsd, leftUsd()));
  }

  private double leftUsd() {
    return limitUsd == null ? Double.POSITIVE_INFINITY : limitUsd - spentUsd - reservedUsd;
  }

  /** Why nothing more is started. */
  String sentence() {
    return String.format(
        Locale.ROOT,
        "$%.2f of the batch's budget of $%.2f are spent: what is left is no useful share for one"
            + " more repository",
        spentUsd,
        limitUsd == null ? 0 : limitUsd);
  }
}
