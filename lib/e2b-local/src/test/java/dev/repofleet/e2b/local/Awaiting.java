package dev.repofleet.e2b.local;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/** Waits for a condition; always for a bounded time. */
public final class Awaiting {
  /** Only a hang reaches it. */
  public static final Duration LONG = Duration.ofMinutes(3);

  private Awaiting() {}

  public static void until(String what, Callable<Boolean> condition) {
    long begin = System.nanoTime();
    while (!holds(condition)) {
      if (System.nanoTime() - begin > LONG.toNanos()) {
        throw new AssertionError("not within " + LONG.toSeconds() + " s: " + what);
      }
      LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
    }
  }

  private static boolean holds(Callable<Boolean> condition) {
    try {
      return condition.call();
    } catch (Exception failed) {
      throw new AssertionError("the condition failed", failed);
    }
  }
}
