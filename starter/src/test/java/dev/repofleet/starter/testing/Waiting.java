package dev.repofleet.starter.testing;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for what other processes do; always for a bounded time. */
public final class Waiting {
  /** Only a hang reaches it; reviews by the real CLI take a third of it on a busy machine. */
  public static final Duration LONG = Duration.ofMinutes(10);

  private static final Duration POLL = Duration.ofMillis(50);

  private Waiting() {}

  /** Returns how long it took, or fails the test with these words. */
  public static Duration until(String what, Duration atMost, BooleanSupplier condition) {
    long begin = System.nanoTime();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - begin > atMost.toNanos()) {
        throw new AssertionError("not within " + atMost.toSeconds() + " s: " + what);
      }
      LockSupport.parkNanos(POLL.toNanos());
    }
    return Duration.ofNanos(System.nanoTime() - begin);
  }
}
