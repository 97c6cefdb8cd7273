package dev.repofleet.e2b;

/**
 * E2B's API said that the sandbox does not exist: killed, expired, or never there.
 *
 * <p>Thrown only for a 404 of the control plane whose body carries E2B's own error, so a wrong
 * {@code E2B_API_URL} is not taken for a lost sandbox.
 */
public final class SandboxNotFoundException extends E2bStatusException {
  private final String sandboxId;

  /**
   * @param sandboxId the sandbox that was asked for
   */
  public SandboxNotFoundException(Answer answer, String sandboxId) {
    super(answer);
    this.sandboxId = sandboxId;
  }

  /** The sandbox that was asked for. */
  public String sandboxId() {
    return sandboxId;
  }
}
