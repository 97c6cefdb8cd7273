package dev.repofleet.workflows.review;

import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.activities.agent.TurnOutcome;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How often one prompt is gone on with, and after which wait: a provider that limits or is
 * overloaded is waited for by its own delay or by ours, a quota that is used up until it is filled
 * again, and an agent that was killed is started again a few times. What only a person can mend
 * takes no wait here and has no limit: the pool gives no permit until then. Confined to its
 * workflow.
 */
final class Patience {
  private static final Duration FIRST_WAIT = Duration.ofSeconds(30);
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(15);

  /** A provider that is away for longer than a working day needs a person. */
  private static final Duration ALL_WAITS = Duration.ofHours(12);

  /** Clocks differ, and a quota is not filled at the stroke. */
  private static final Duration AFTER_A_RESET = Duration.ofSeconds(10);

  private static final Duration AFTER_A_CRASH = Duration.ofSeconds(5);

  /** What kills the agent a third time will do so again. */
  private static final int MOST_CRASHES = 3;

  private Duration next = FIRST_WAIT;
  private Duration waited = Duration.ZERO;
  private int crashes;

  /** Whether the model's provider has ended the turn, which is the whole fleet's business. */
  static boolean isForEverybody(TurnOutcome outcome) {
    return limited(outcome.cause()) || needsAPerson(outcome.cause());
  }

  private static boolean limited(@Nullable Cause cause) {
    return cause == Cause.MODEL_RATE_LIMITED || cause == Cause.MODEL_OVERLOADED;
  }

  private static boolean needsAPerson(@Nullable Cause cause) {
    return cause == Cause.MODEL_AUTH || cause == Cause.MODEL_CREDIT;
  }

  /**
   * How long to wait before the prompt is gone on with; empty when this outcome is the last.
   *
   * @param now milliseconds since the epoch
   */
  Optional<Duration> after(TurnOutcome outcome, long now) {
    Cause cause = outcome.cause();
    if (cause == Cause.AGENT_CRASHED) {
      crashes++;
      return crashes < MOST_CRASHES ? Optional.of(AFTER_A_CRASH) : Optional.empty();
    }
    if (needsAPerson(cause)) {
      return Optional.of(Duration.ZERO);
    }
    if (!limited(cause)) {
      return Optional.empty();
    }
    Duration own = next;
    next = shorter(next.multipliedBy(2), LONGEST_WAIT);
    Long resetAt = outcome.resetAt();
    if (resetAt != null && resetAt > now) {
      // Not counted. Ours is the least nevertheless: a provider that keeps naming the next moment
      // must not be asked all the time.
      return Optional.of(longer(own, Duration.ofMillis(resetAt - now).plus(AFTER_A_RESET)));
    }
    Long asked = outcome.retryAfterSeconds();
    Duration wait = asked == null ? own : longer(own, Duration.ofSeconds(asked));
    waited = waited.plus(wait);
    return waited.compareTo(ALL_WAITS) > 0 ? Optional.empty() : Optional.of(wait);
  }

  private static Duration longer(Duration one, Duration other) {
    return one.compareTo(other) >= 0 ? one : other;
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) <= 0 ? one : other;
  }
}
