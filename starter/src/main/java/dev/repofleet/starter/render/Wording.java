package dev.repofleet.starter.render;

import dev.repofleet.artifacts.finding.Severity;
import dev.repofleet.artifacts.finding.SeverityCounts;
import dev.repofleet.artifacts.result.CostSource;
import dev.repofleet.artifacts.result.Usage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Numbers in words, the same in tables, reports and progress lines. */
public final class Wording {
  private Wording() {}

  /** {@code 2 high, 1 low}; {@code none} when there are none. */
  public static String findings(SeverityCounts counts) {
    List<String> parts = new ArrayList<>();
    for (Severity severity : Severity.values()) {
      if (counts.count(severity) > 0) {
        parts.add(counts.count(severity) + " " + severity.word());
      }
    }
    return parts.isEmpty() ? "none" : String.join(", ", parts);
  }

  /** {@code $0.12}; {@code ~$0.12} when estimated, {@code >=$0.12} when it is a lower bound. */
  public static String cost(Usage usage) {
    String sign =
        usage.costSource() == CostSource.REPORTED
            ? ""
            : usage.costSource() == CostSource.ESTIMATED ? "~" : ">=";
    return sign + dollars(usage.costUsd());
  }

  /** {@code $0.12}, with four digits below a cent. */
  public static String dollars(double amount) {
    return String.format(Locale.ROOT, amount > 0 && amount < 0.01 ? "$%.4f" : "$%.2f", amount);
  }

  /** {@code 1 finding}, {@code 2 findings}. */
  public static String count(long number, String one, String many) {
    return number + " " + (number == 1 ? one : many);
  }

  /** {@code 312 bytes}, {@code 4.2 KiB}, {@code 1.0 GiB}. */
  public static String bytes(long bytes) {
    if (bytes < 1024) {
      return count(bytes, "byte", "bytes");
    }
    double amount = bytes;
    int unit = -1;
    while (amount >= 1024 && unit < 3) {
      amount /= 1024;
      unit++;
    }
    return String.format(Locale.ROOT, "%.1f %ciB", amount, "KMGT".charAt(unit));
  }

  /** {@code 8 s}, {@code 3 min 5 s}, {@code 2 h 10 min}. */
  public static String duration(Duration duration) {
    long seconds = Math.max(0, duration.toSeconds());
    if (seconds < 60) {
      return seconds + " s";
    }
    return seconds < 3600
        ? seconds / 60 + " min " + seconds % 60 + " s"
        : seconds / 3600 + " h " + seconds % 3600 / 60 + " min";
  }
}
