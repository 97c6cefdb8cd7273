package dev.repofleet.e2b;

import java.time.Duration;

/**
 * A command ran into its own {@link Command#timeout()}: envd has killed the process.
 *
 * <p>Only the one process is killed. Children that it had started go on (observed, envd 0.6.13); a
 * caller that starts trees gives them a process group and kills that.
 */
public final class CommandTimeoutException extends E2bException {
  private final Duration timeout;

  /**
   * @param timeout the limit that was set on the command
   */
  public CommandTimeoutException(String message, Duration timeout) {
    super(message, null);
    this.timeout = timeout;
  }

  /** The limit that was set on the command. */
  public Duration timeout() {
    return timeout;
  }
}
