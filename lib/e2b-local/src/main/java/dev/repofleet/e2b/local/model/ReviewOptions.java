package dev.repofleet.e2b.local.model;

import java.time.Duration;

/**
 * How a {@link ReviewScenario} goes.
 *
 * @param extraTurns further tool calls in each review that only read files; 0 to 200
 * @param delay of the model before each reply; zero or more
 * @param seed chooses the files of the extra turns
 */
public record ReviewOptions(int extraTurns, Duration delay, long seed) {
  /** No extra turns, no delay, seed 1. */
  public static final ReviewOptions DEFAULTS = new ReviewOptions(0, Duration.ZERO, 1);

  /** Refuses what is out of bounds. */
  public ReviewOptions {
    if (extraTurns < 0 || extraTurns > 200) {
      throw new IllegalArgumentException("extraTurns " + extraTurns + " is not in 0 to 200");
    }
    if (delay.isNegative()) {
      throw new IllegalArgumentException("delay " + delay + " is negative");
    }
  }

  /** The same with other extra turns. */
  public ReviewOptions withExtraTurns(int extraTurns) {
    return new ReviewOptions(extraTurns, delay, seed);
  }

  /** The same with another delay. */
  public ReviewOptions withDelay(Duration delay) {
    return new ReviewOptions(extraTurns, delay, seed);
  }

  /** The same with another seed. */
  public ReviewOptions withSeed(long seed) {
    return new ReviewOptions(extraTurns, delay, seed);
  }
}
