package dev.repofleet.e2b;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for a condition another thread brings about; always for a bounded time. */
final class Waiting {
  /** Only a hang reaches it. */
  static final Duration LONG = Duration.ofMinutes(1);

  private Waiting() {}

  static void until(String what, BooleanSupplier condition) {
    long begin = System.nanoTime();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - begin > LONG.toNanos()) {
        throw new AssertionError("not within " + LONG.toSeconds() + " s: " + what);
      }
      LockSupport.parkNanos(Duration.ofMillis(2).toNanos());
    }
  }
}
