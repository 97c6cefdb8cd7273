package dev.repofleet.workflows.review;

import dev.repofleet.workflows.Cause;
import io.temporal.api.enums.v1.RetryState;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.TimerOptions;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import org.slf4j.Logger;

/**
 * Waits where E2B, a Git host or the store is away for longer than an activity's attempts last:
 * what the agent has done is paid for, and no outage of minutes is to throw it away. Confined to
 * its workflow.
 */
final class Outages {
  private static final Logger log = Workflow.getLogger(Outages.class);

  private static final Duration FIRST_WAIT = Duration.ofSeconds(30);
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(10);

  /** Of all steps of a review together; a longer outage needs a person, who asks for it again. */
  private static final Duration ALL_WAITS = Duration.ofHours(2);

  private Duration next = FIRST_WAIT;
  private Duration waited = Duration.ZERO;

  /**
   * Whether the failure may be one of an outage that is worth another wait: attempts that were all
   * used up, and not by what is known to be wrong inside the sandbox.
   */
  boolean mayPass(TemporalFailure failure) {
    return failure instanceof ActivityFailure step
        && step.getRetryState() == RetryState.RETRY_STATE_MAXIMUM_ATTEMPTS_REACHED
        && step.getCause() instanceof ApplicationFailure last
        && !Cause.INTERNAL.code().equals(last.getType())
        && waited.compareTo(ALL_WAITS) < 0
        && Workflow.getVersion("outages are waited out", Workflow.DEFAULT_VERSION, 1) >= 1;
  }

  /** Waits, each time twice as long as before. */
  void await(TemporalFailure failure) {
    log.warn("What is paid for waits {} for {}", next, failure.getCause().getMessage());
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
