package dev.repofleet.workflows;

import com.fasterxml.jackson.annotation.JsonIgnore;

/** Findings counted by severity. Immutable; no count is negative. */
@Payload
public record SeverityCounts(int critical, int high, int medium, int low, int info) {

  /** No findings. */
  public static final SeverityCounts NONE = new SeverityCounts(0, 0, 0, 0, 0);

  public SeverityCounts {
    if (critical < 0 || high < 0 || medium < 0 || low < 0 || info < 0) {
      throw new IllegalArgumentException("a count of findings is negative");
    }
  }

  /** Sum over all severities. */
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

  /** Without those others, which are part of these. */
  public SeverityCounts minus(SeverityCounts others) {
    return new SeverityCounts(
        Math.max(0, critical - others.critical),
        Math.max(0, high - others.high),
        Math.max(0, medium - others.medium),
        Math.max(0, low - others.low),
        Math.max(0, info - others.info));
  }
}
