package dev.repofleet.artifacts.plan;

import dev.repofleet.artifacts.Parts;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What one repository may cost at most.
 *
 * <p>A part that is absent in JSON takes its default.
 *
 * @param budgetUsd for all turns together, US dollars, above 0; default 2.00
 * @param turns of the agent in one run, at least 1; default 80
 * @param time of one run; default 45 minutes
 * @param sandboxTime from the sandbox's creation; default 1 hour
 * @param repositorySizeBytes of the clone; default 2 GiB
 * @param outputBytes of one run's output, the rest is dropped; default 256 MiB
 * @param approvalTime how long a follow-up waits for a person's answer; default 7 days
 * @param pausedTime how long the paused sandbox is kept for that answer; default 1 hour
 */
public record PlanLimits(
    Double budgetUsd,
    Integer turns,
    Duration time,
    Duration sandboxTime,
    Long repositorySizeBytes,
    Long outputBytes,
    Duration approvalTime,
    Duration pausedTime) {
  /** Default of {@link #budgetUsd}. */
  public static final double DEFAULT_BUDGET_USD = 2.00;

  /** Default of {@link #turns}. */
  public static final int DEFAULT_TURNS = 80;

  /** Default of {@link #time}. */
  public static final Duration DEFAULT_TIME = Duration.ofMinutes(45);

  /** Default of {@link #sandboxTime}: what E2B's smallest account allows. */
  public static final Duration DEFAULT_SANDBOX_TIME = Duration.ofHours(1);

  /** Default of {@link #repositorySizeBytes}. */
  public static final long DEFAULT_REPOSITORY_SIZE_BYTES = 2L << 30;

  /** Default of {@link #outputBytes}. */
  public static final long DEFAULT_OUTPUT_BYTES = 256L << 20;

  /** Default of {@link #approvalTime}. */
  public static final Duration DEFAULT_APPROVAL_TIME = Duration.ofDays(7);

  /** Default of {@link #pausedTime}. */
  public static final Duration DEFAULT_PAUSED_TIME = Duration.ofHours(1);

  /** All defaults. */
  public static final PlanLimits DEFAULTS = of(null, null, null, null, null, null);

  /** Fills in defaults; refuses what is not above zero. */
  public PlanLimits {
    budgetUsd = budgetUsd == null ? DEFAULT_BUDGET_USD : budgetUsd;
    turns = turns == null ? DEFAULT_TURNS : turns;
    time = Parts.positive(time == null ? DEFAULT_TIME : time, "limits.time");
    sandboxTime =
        Parts.positive(
            sandboxTime == null ? DEFAULT_SANDBOX_TIME : sandboxTime, "limits.sandboxTime");
    repositorySizeBytes =
        repositorySizeBytes == null ? DEFAULT_REPOSITORY_SIZE_BYTES : repositorySizeBytes;
    outputBytes = outputBytes == null ? DEFAULT_OUTPUT_BYTES : outputBytes;
    approvalTime =
        Parts.positive(
            approvalTime == null ? DEFAULT_APPROVAL_TIME : approvalTime, "limits.approvalTime");
    pausedTime =
        Parts.positive(pausedTime == null ? DEFAULT_PAUSED_TIME : pausedTime, "limits.pausedTime");
    if (!(budgetUsd > 0) || budgetUsd.isInfinite()) {
      throw new IllegalArgumentException("limits.budgetUsd must be above zero: " + budgetUsd);
    }
    Parts.positive(turns, "limits.turns");
    Parts.positive(repositorySizeBytes, "limits.repositorySize");
    Parts.positive(outputBytes, "limits.output");
  }

  /** Limits of which null parts take their default. */
  public static PlanLimits of(
      @Nullable Double budgetUsd,
      @Nullable Integer turns,
      @Nullable Duration time,
      @Nullable Duration sandboxTime,
      @Nullable Long repositorySizeBytes,
      @Nullable Long outputBytes) {
    return of(budgetUsd, turns, time, sandboxTime, repositorySizeBytes, outputBytes, null, null);
  }

  /** As the other, with the times of approvals. */
  @SuppressWarnings("NullAway") // the compact constructor replaces every null
  public static PlanLimits of(
      @Nullable Double budgetUsd,
      @Nullable Integer turns,
      @Nullable Duration time,
      @Nullable Duration sandboxTime,
      @Nullable Long repositorySizeBytes,
      @Nullable Long outputBytes,
      @Nullable Duration approvalTime,
      @Nullable Duration pausedTime) {
    return new PlanLimits(
        budgetUsd,
        turns,
        time,
        sandboxTime,
        repositorySizeBytes,
        outputBytes,
        approvalTime,
        pausedTime);
  }
}
