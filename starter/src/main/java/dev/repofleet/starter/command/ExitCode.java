package dev.repofleet.starter.command;

/** What the program ends with; scripts rely on the numbers. */
public enum ExitCode {
  /** Done; of a batch: every repository is complete or unchanged. */
  OK(0),
  /** A fault of this program. */
  INTERNAL(1),
  /** Wrong use; the sentence on standard error helps. Nothing was started. */
  WRONG_USE(2),
  /** The batch ended, but some repositories are partial, unstructured, failed or cancelled. */
  FINISHED_WITH_FAILURES(3),
  /** The batch stopped at its budget. */
  STOPPED_AT_BUDGET(4),
  /** Temporal, the sandboxes, the model or a forge can't be reached, or refuse the key. */
  UNREACHABLE(5),
  /** A person interrupted the program; the batch goes on. */
  INTERRUPTED(130);

  private final int number;

  ExitCode(int number) {
    this.number = number;
  }

  /** As the operating system sees it. */
  public int number() {
    return number;
  }
}
