package dev.repofleet.e2b;

/**
 * The way to the sandbox answered, the sandbox itself did not (502, 503, 504, or 409 in
 * transition).
 *
 * <p>This does not prove the sandbox lost: it may be paused, resuming, or its envd restarting. Ask
 * {@link E2bClient#get} before giving it up. A command that was running may still run.
 */
public final class SandboxUnavailableException extends E2bStatusException {
  /** What the proxy's answer tells about the sandbox. */
  public enum Reason {
    /** The proxy knows no running sandbox of this id: dead, paused, or unknown. */
    NOT_RUNNING,
    /** The sandbox runs, but nothing listens on the port: envd has crashed or is restarting. */
    PORT_NOT_OPEN,
    /** The sandbox is being paused or resumed; try again in a moment. */
    TRANSITIONING,
    /** The answer does not tell. */
    UNKNOWN
  }

  private final Reason reason;
  private final String sandboxId;

  /**
   * @param sandboxId the sandbox that was addressed
   */
  public SandboxUnavailableException(Answer answer, String sandboxId, Reason reason) {
    super(answer, "the sandbox may still exist: ask the API");
    this.sandboxId = sandboxId;
    this.reason = reason;
  }

  /** What the answer tells about the sandbox. */
  public Reason reason() {
    return reason;
  }

  /** The sandbox that was addressed. */
  public String sandboxId() {
    return sandboxId;
  }
}
