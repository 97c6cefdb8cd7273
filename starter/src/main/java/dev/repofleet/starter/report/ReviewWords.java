package dev.repofleet.starter.report;

import dev.repofleet.artifacts.BatchRow;
import dev.repofleet.artifacts.CostSource;
import dev.repofleet.artifacts.Coverage;
import dev.repofleet.artifacts.CoverageStatus;
import dev.repofleet.artifacts.Usage;
import dev.repofleet.starter.render.Wording;

/** How a repository's review is put into words: nothing found is said for what it is worth. */
final class ReviewWords {
  private ReviewWords() {}

  /** Counts of findings; without any, what that means. Never that a repository is clean. */
  static String findings(BatchRow row) {
    return row.findings().total() == 0 ? nothingFound(row) : Wording.findings(row.findings());
  }

  private static String nothingFound(BatchRow row) {
    return switch (row.status()) {
      case QUEUED, RUNNING -> "not yet reviewed";
      case SKIPPED_UNCHANGED -> "unchanged: the earlier result holds";
      case COMPLETE ->
          row.coverage().status() == CoverageStatus.COMPLETE
              ? "none found"
              : "none found, coverage " + row.coverage().status().word();
      default -> "not reviewed in full";
    };
  }

  /** {@code 11 of 12 files, partial}. */
  static String coverage(Coverage coverage) {
    Integer reviewed = coverage.filesReviewed();
    Integer total = coverage.filesTotal();
    if (reviewed == null) {
      return coverage.status().word();
    }
    String count = total == null ? Integer.toString(reviewed) : reviewed + " of " + total;
    return count + " files, " + coverage.status().word();
  }

  /** Where a cost comes from, in a few words. */
  static String source(Usage usage) {
    return usage.costSource() == CostSource.REPORTED
        ? "as the agent reported it"
        : usage.costSource() == CostSource.ESTIMATED
            ? "estimated in part, from the tokens that were seen"
            : "a lower bound: for some of it nobody said what it cost";
  }
}
