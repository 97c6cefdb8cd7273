package dev.repofleet.worker.testing;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for what goes on beside the test; always for a bounded time. */
public final class Waiting {
  /** Only a hang reaches it. */
  public static final Duration LONG = Duration.ofMinutes(3);

  private static final Duration POLL = Duration.ofMillis(20);

  private Waiting() {}

  /** Fails the test with these words when it has not come true in time. */
  public static void until(String what, Duration atMost, BooleanSupplier condition) {
    long begin = System.nanoTime();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - begin > atMost.toNanos()) {
        throw new AssertionError("not within " + atMost.toSeconds() + " s: " + what);
      }
      LockSupport.parkNanos(POLL.toNanos());
    }
  }
}
