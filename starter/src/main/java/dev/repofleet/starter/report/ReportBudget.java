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

  /** While there are any, a repository's findings stand in the table up to this. */
  private static final int MIN_ROWS = 20;

  private long left = TOTAL;
  private int rowsLeft = MAX_ROWS;
  private int toCome;

  ReportBudget(int repositories) {
    this.toCome = repositories;
  }

  /** Bytes for the next repository. */
  long share() {
    return left / Math.max(1, toCome);
  }

  /** Rows of the next repository in the table over all findings. */
  int rows() {
    return Math.min(rowsLeft, Math.max(MIN_ROWS, rowsLeft / Math.max(1, toCome)));
  }

  /** Ends a repository that took so many bytes and rows. */
  void take(long bytes, int rows) {
    left = Math.max(0, left - bytes);
    rowsLeft -= rows;
    toCome--;
  }
}
