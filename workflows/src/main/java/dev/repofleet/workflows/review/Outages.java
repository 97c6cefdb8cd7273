package dev.repofleet.workflows.review;

import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.StepFailure;
import io.temporal.api.enums.v1.RetryState;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.TemporalFailure;
import io.temporal.failure.TimeoutFailure;
import io.temporal.workflow.TimerOptions;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Waits where E2B, a Git host or the store is away for longer than an activity's attempts last:
 * what the agent has done is paid for, and no outage of minutes is to throw it away. Confined to
 * its workflow.
 */
public final class Outages {
  private static final Logger log = Workflow.getLogger(Outages.class);

  private static final Duration FIRST_WAIT = Duration.ofSeconds(30);
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(10);
  private static final Duration LONG = Duration.ofMinutes(5);

  /** Of all steps of a review together; a longer outage needs a person, who asks for it again. */
  private static final Duration ALL_WAITS = Duration.ofHours(2);

  /** Nothing answers, or the step takes longer than it may, as it will the next time. */
  private static final int MOST_TIMEOUTS = 2;

  /** Types of failures: causes, and those of a store, which travel as what they are. */
  private static final Set<String> OUTAGES =
      Set.of(
          Cause.SANDBOX_UNREACHABLE.code(),
          Cause.SANDBOX_CREATE_RATE.code(),
          Cause.SANDBOX_QUOTA.code(),
          Cause.GIT_TRANSIENT.code(),
          Cause.GIT_RATE_LIMITED.code(),
          "dev.repofleet.artifacts.ArtifactException",
          "java.io.UncheckedIOException");

  /** What is waited for, as histories know it since it is. */
  private final String change;

  private Duration next = FIRST_WAIT;
  private Duration waited = Duration.ZERO;
  private int timeouts;

  private Outages(String change) {
    this.change = change;
  }

  /** Of the steps in a sandbox. */
  static Outages inSandbox() {
    return new Outages("outages are waited out");
  }

  /** Of a store that a report is to be written to. */
  public static Outages ofReport() {
    return new Outages("a report waits outages out");
  }

  /**
   * Does a step, once more after each outage.
   *
   * @throws TemporalFailure where that fails for another reason, or the outages last too long
   */
  public <T> T outlast(Supplier<T> step) {
    while (true) {
      try {
        return step.get();
      } catch (TemporalFailure e) {
        if (!mayPass(e)) {
          throw e;
        }
        await(e);
      }
    }
  }

  /** Whether attempts were used up by what passes by itself and is worth another wait. */
  boolean mayPass(TemporalFailure failure) {
    return failure instanceof ActivityFailure step
        && step.getRetryState() == RetryState.RETRY_STATE_MAXIMUM_ATTEMPTS_REACHED
        && isOutage(step.getCause())
        && waited.compareTo(ALL_WAITS) < 0
        && Workflow.getVersion(change, Workflow.DEFAULT_VERSION, 1) >= 1;
  }

  private boolean isOutage(@Nullable Throwable last) {
    return last instanceof ApplicationFailure told
        ? OUTAGES.contains(told.getType())
        : last instanceof TimeoutFailure && timeouts++ < MOST_TIMEOUTS;
  }

  /** Whether a sandbox is better rebuilt than kept for the end of it. */
  boolean lastLong() {
    return waited.compareTo(LONG) > 0;
  }

  /** Waits, each time twice as long as before. */
  void await(TemporalFailure failure) {
    log.warn("What is paid for waits {} for {}", next, StepFailure.of(failure).message());
    Workflow.newTimer(
            next, TimerOptions.newBuilder().setSummary("waits for an outage to end").build())
        .get();
    waited = waited.plus(next);
    next = next.multipliedBy(2);
    if (next.compareTo(LONGEST_WAIT) > 0) {
      next = LONGEST_WAIT;
    }
  }
}
