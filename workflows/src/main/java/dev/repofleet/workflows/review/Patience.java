package dev.repofleet.workflows.review;

import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.activities.TurnOutcome;
import java.time.Duration;
import java.util.Optional;

/**
 * How often one prompt is gone on with, and after which wait: a provider that limits or is
 * overloaded is waited for by its own delay or by ours, an agent that was killed is started again a
 * few times. Confined to its workflow.
 */
final class Patience {
  private static final Duration FIRST_WAIT = Duration.ofSeconds(30);
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(15);

  /** A provider that is away for longer than a working day needs a person. */
  private static final Duration ALL_WAITS = Duration.ofHours(12);

  private static final Duration AFTER_A_CRASH = Duration.ofSeconds(5);

  /** What kills the agent a third time will do so again. */
  private static final int MOST_CRASHES = 3;

  private Duration next = FIRST_WAIT;
  private Duration waited = Duration.ZERO;
  private int crashes;

  /** How long to wait before the prompt is gone on with; empty when this outcome is the last. */
  Optional<Duration> after(TurnOutcome outcome) {
    Cause cause = outcome.cause();
    if (cause == Cause.AGENT_CRASHED) {
      crashes++;
      return crashes < MOST_CRASHES ? Optional.of(AFTER_A_CRASH) : Optional.empty();
    }
    if (cause != Cause.MODEL_RATE_LIMITED && cause != Cause.MODEL_OVERLOADED) {
      return Optional.empty();
    }
    Long asked = outcome.retryAfterSeconds();
    Duration wait = asked == null ? next : longer(next, Duration.ofSeconds(asked));
    waited = waited.plus(wait);
    next = next.multipliedBy(2);
    if (next.compareTo(LONGEST_WAIT) > 0) {
      next = LONGEST_WAIT;
    }
    return waited.compareTo(ALL_WAITS) > 0 ? Optional.empty() : Optional.of(wait);
  }

  private static Duration longer(Duration one, Duration other) {
    return one.compareTo(other) >= 0 ? one : other;
  }
}
