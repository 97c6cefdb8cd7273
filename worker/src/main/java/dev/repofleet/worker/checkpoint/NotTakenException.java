package dev.repofleet.worker.checkpoint;

/** Why a checkpoint was not taken; the work goes on without it. */
final class NotTakenException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final boolean expected;

  /**
   * @param expected whether it is a matter of course, such as an agent that has only begun
   */
  NotTakenException(String message, boolean expected) {
    super(message);
    this.expected = expected;
  }

  boolean expected() {
    return expected;
  }
}
