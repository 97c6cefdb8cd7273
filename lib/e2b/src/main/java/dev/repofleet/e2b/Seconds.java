package dev.repofleet.e2b;

import java.time.Duration;

/** Durations as E2B's API takes them: whole seconds in 32 bits. */
final class Seconds {
  private Seconds() {}

  /** Rounds up, so that nothing lives shorter than asked. */
  static int roundUp(Duration duration) {
    long seconds = duration.getSeconds() + (duration.getNano() > 0 ? 1 : 0);
    if (duration.isNegative() || seconds > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "a time of %s is not between 0 and %d s".formatted(duration, Integer.MAX_VALUE));
    }
    return (int) seconds;
  }
}
