package dev.repofleet.worker.checkpoint;

/** Why a checkpoint was not taken; the work goes on without it. */
final class NotTakenException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final boolean expected;

  private NotTakenException(String message, boolean expected) {
    super(message);
    this.expected = expected;
  }

  /** A matter of course, such as an agent that has only begun. */
  static NotTakenException expected(String message) {
    return new NotTakenException(message, true);
  }

  /** Something that should not be. */
  static NotTakenException unexpected(String message) {
    return new NotTakenException(message, false);
  }

  boolean expected() {
    return expected;
  }
}
