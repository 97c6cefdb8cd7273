package dev.repofleet.e2b;

import java.time.Instant;
import java.util.Locale;

/**
 * The highest value of one of a team's metrics.
 *
 * @param at when it was so, by the server's clock, in whole seconds
 */
public record TeamPeak(Instant at, double value) {
  /** What is counted. */
  public enum Metric {
    /** Sandboxes that run at once. */
    CONCURRENT_SANDBOXES,
    /** Sandboxes started a second. */
    SANDBOX_START_RATE;

    String wireName() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
