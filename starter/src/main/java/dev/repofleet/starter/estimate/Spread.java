package dev.repofleet.starter.estimate;

import java.util.Arrays;

/**
 * Where half of some values end, and where nine of ten do. Each is one of the values: nothing
 * between them is made up.
 */
public record Spread(double p50, double p90) {
  /** Of nothing that costs. */
  public static final Spread ZERO = new Spread(0, 0);

  /** Of dollars, without a binary tail. */
  Spread rounded() {
    return new Spread(Math.rint(p50 * 1e6) / 1e6, Math.rint(p90 * 1e6) / 1e6);
  }

  /** Of at least one value, in any order. */
  static Spread of(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return new Spread(rank(sorted, 50), rank(sorted, 90));
  }

  /** By nearest rank. */
  private static double rank(double[] sorted, int percent) {
    return sorted[Math.max(0, (sorted.length * percent + 99) / 100 - 1)];
  }

  Spread atMost(double most) {
    return new Spread(Math.min(p50, most), Math.min(p90, most));
  }
}
