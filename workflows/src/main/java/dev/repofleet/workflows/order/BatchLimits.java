package dev.repofleet.workflows.order;

import dev.repofleet.workflows.Payload;
import org.jspecify.annotations.Nullable;

/**
 * Where a batch stops by itself. What is in work goes on to its end then.
 *
 * @param budgetUsd most that all its repositories may cost together; absent: no limit
 * @param failures as soon as so many have failed, 1 or more; absent: however many
 * @param failurePercent as soon as so many of those that have ended have failed, above 0 to 100;
 *     judged once {@value #LEAST_ENDED} have ended. Absent: however many
 */
@Payload
public record BatchLimits(
    @Nullable Double budgetUsd, @Nullable Integer failures, @Nullable Double failurePercent) {

  /** Goes on to its end. */
  public static final BatchLimits NONE = new BatchLimits(null, null, null);

  /** One failure among the first few says nothing about the share. */
  public static final int LEAST_ENDED = 10;

  /** Of what one repository may cost: an agent with less is mostly stopped before it answers. */
  private static final double LEAST_SHARE = 0.25;

  public BatchLimits {
    if (budgetUsd != null && !(budgetUsd > 0 && Double.isFinite(budgetUsd))) {
      throw new IllegalArgumentException(
          "a budget of $" + budgetUsd + " lets nothing run: it must be > 0");
    }
    if (failures != null && failures < 1) {
      throw new IllegalArgumentException(
          "a batch can't stop at " + failures + " failures: it takes one at least");
    }
    if (failurePercent != null && !(failurePercent > 0 && failurePercent <= 100)) {
      throw new IllegalArgumentException(
          "a batch can't stop at " + failurePercent + " % failures: above 0 and up to 100 it is");
    }
  }

  /** Least dollars with which a repository is started that may cost so much by its plan. */
  public static double leastShareUsd(double capUsd) {
    return LEAST_SHARE * capUsd;
  }

  /** The same with this budget. */
  public BatchLimits withBudget(double usd) {
    return new BatchLimits(usd, failures, failurePercent);
  }

  /** Whether so many failures are too many. */
  public boolean reachedBy(int failed, int ended) {
    return (failures != null && failed >= failures)
        || (failurePercent != null
            && ended >= LEAST_ENDED
            && failed * 100.0 >= failurePercent * ended);
  }
}
