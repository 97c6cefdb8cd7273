package dev.repofleet.worker.activity;

import dev.repofleet.workflows.Cause;
import io.temporal.activity.Activity;
import io.temporal.activity.ActivityExecutionContext;
import io.temporal.activity.ActivityInfo;
import io.temporal.failure.ApplicationFailure;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * How long an attempt of an activity may act. One whose time is over, as when its worker stood
 * still, has been given up: another attempt has done its work, and somebody may use what it was
 * about to end. Counted by two clocks, of which the first to come there counts: one that no
 * adjustment moves, and the machine's own, since the other stands still while a machine sleeps. For
 * one attempt and one thread.
 */
public final class AttemptTime {
  /** A request that is sent in the last moment takes effect as much later at most. */
  private static final Duration IN_FLIGHT = Duration.ofSeconds(10);

  private static final Duration UNLIMITED = Duration.ofDays(365);

  private final long end;
  private final InstantSource clock;
  private final Instant endByClock;

  AttemptTime(Duration mayAct, InstantSource clock) {
    this.end = System.nanoTime() + mayAct.toNanos();
    this.clock = clock;
    this.endByClock = clock.instant().plus(mayAct);
  }

  /** Of the attempt that begins now. */
  public static AttemptTime of(ActivityExecutionContext context) {
    return of(context.getInfo().getStartToCloseTimeout());
  }

  /** Of the attempt that begins now on this thread. */
  public static AttemptTime current() {
    return of(Activity.getExecutionContext());
  }

  /** Of an attempt that begins now and has so much time; zero is no limit. */
  public static AttemptTime of(Duration startToClose) {
    return new AttemptTime(mayAct(startToClose), InstantSource.system());
  }

  /** How long an attempt may act that has so much time; zero is no limit. */
  static Duration mayAct(Duration startToClose) {
    Duration limit = startToClose.isZero() ? UNLIMITED : startToClose;
    Duration half = limit.dividedBy(2);
    return limit.minus(half.compareTo(IN_FLIGHT) < 0 ? half : IN_FLIGHT);
  }

  /** Whether it may not act any more. */
  public boolean isOver() {
    return System.nanoTime() - end >= 0 || !clock.instant().isBefore(endByClock);
  }

  /**
   * Lets an attempt that may act go on.
   *
   * @throws ApplicationFailure a passing one, which nobody waits for, when its time is over
   */
  public void require(String what) {
    if (isOver()) {
      throw FailureMapper.passing(
          Cause.INTERNAL, what + ": this attempt's time is over, and another one is at it", null);
    }
  }

  /**
   * Blocks until a moment, by this machine's clock, but never longer than from the attempt's
   * scheduling to that moment by the server's: a clock that is behind makes nobody wait for hours.
   *
   * @param notBefore milliseconds since the epoch
   */
  public static void await(ActivityInfo attempt, long notBefore) {
    long most = notBefore - attempt.getCurrentAttemptScheduledTimestamp();
    long wait = Math.min(notBefore - System.currentTimeMillis(), most);
    if (wait > 0) {
      sleep(Duration.ofMillis(wait));
    }
  }

  /**
   * Blocks for so long.
   *
   * @throws ApplicationFailure a passing one when the worker is shut down meanwhile
   */
  public static void sleep(Duration time) {
    try {
      Thread.sleep(time.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw FailureMapper.passing(Cause.INTERNAL, "the worker was shut down while it waited", e);
    }
  }
}
