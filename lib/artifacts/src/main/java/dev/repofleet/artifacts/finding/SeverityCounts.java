package dev.repofleet.artifacts.finding;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.List;

/** How many findings there are of each severity. */
public record SeverityCounts(int critical, int high, int medium, int low, int info) {
  /** None at all. */
  public static final SeverityCounts NONE = new SeverityCounts(0, 0, 0, 0, 0);

  /** Refuses negative counts. */
  public SeverityCounts {
    if (Math.min(Math.min(critical, high), Math.min(medium, Math.min(low, info))) < 0) {
      throw new IllegalArgumentException("counts of findings must not be negative");
    }
  }

  /** Counts the findings, without those that a verification rejected. */
  public static SeverityCounts of(List<Finding> findings) {
    SeverityCounts counts = NONE;
    for (Finding finding : findings) {
      if (!finding.isRejected()) {
        counts = counts.plus(one(finding.severity().level()));
      }
    }
    return counts;
  }

  private static SeverityCounts one(Severity severity) {
    return switch (severity) {
      case CRITICAL -> new SeverityCounts(1, 0, 0, 0, 0);
      case HIGH -> new SeverityCounts(0, 1, 0, 0, 0);
      case MEDIUM -> new SeverityCounts(0, 0, 1, 0, 0);
      case LOW -> new SeverityCounts(0, 0, 0, 1, 0);
      case INFO -> new SeverityCounts(0, 0, 0, 0, 1);
    };
  }

  /** The count of one severity. */
  public int count(Severity severity) {
    return switch (severity) {
      case CRITICAL -> critical;
      case HIGH -> high;
      case MEDIUM -> medium;
      case LOW -> low;
      case INFO -> info;
    };
  }

  /** The sum over all severities. */
  @JsonIgnore
  public int total() {
    return critical + high + medium + low + info;
  }

  /** Both together. */
  public SeverityCounts plus(SeverityCounts other) {
    return new SeverityCounts(
        critical + other.critical,
        high + other.high,
        medium + other.medium,
        low + other.low,
        info + other.info);
  }
}
