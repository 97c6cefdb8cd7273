package dev.repofleet.starter.report;

/**
 * How many bytes a page may hold. What one repository leaves of its share is for those that come
 * after it. For one thread.
 */
final class ReportBudget {
  /** Of all repositories together: such a page still opens at once and goes into a mail. */
  private static final long TOTAL = 22L << 20;

  /** Of the table over all findings. */
  private static final int MAX_ROWS = 40_000;

  /** A repository's findings stand in the table up to this in any case. */
  private static final int MIN_ROWS = 20;

  private final int repositories;
  private long left = TOTAL;
  private int toCome;

  ReportBudget(int repositories) {
    this.repositories = Math.max(1, repositories);
    this.toCome = this.repositories;
  }

  /** Bytes for the next repository. */
  long share() {
    return left / Math.max(1, toCome);
  }

  /** Ends a repository that took so many bytes. */
  void take(long bytes) {
    left = Math.max(0, left - bytes);
    toCome--;
  }

  /** Rows of one repository in the table over all findings. */
  int rows() {
    return Math.max(MIN_ROWS, MAX_ROWS / repositories);
  }
}
