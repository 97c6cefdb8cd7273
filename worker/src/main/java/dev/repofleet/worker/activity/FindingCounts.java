package dev.repofleet.worker.activity;

import dev.repofleet.artifacts.finding.Finding;
import dev.repofleet.workflows.SeverityCounts;
import java.util.List;

/** What histories keep of findings: how many there are of each severity. */
public final class FindingCounts {
  private FindingCounts() {}

  /** Counts those of a review. */
  public static SeverityCounts of(List<Finding> findings) {
    var counted = dev.repofleet.artifacts.finding.SeverityCounts.of(findings);
    return new SeverityCounts(
        counted.critical(), counted.high(), counted.medium(), counted.low(), counted.info());
  }
}
