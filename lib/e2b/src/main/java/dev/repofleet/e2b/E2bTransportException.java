package dev.repofleet.e2b;

import org.jspecify.annotations.Nullable;

/**
 * No complete answer came back: refused or lost connection, time-out, stream cut before its end.
 *
 * <p>The request may have taken effect all the same. After a create a sandbox may exist and cost
 * money; after a command's stream was cut the process may still run. Look before repeating.
 */
public final class E2bTransportException extends E2bException {
  private final boolean mayHaveBeenAccepted;

  /**
   * @param mayHaveBeenAccepted false only if it is certain that no byte of the request was sent
   */
  public E2bTransportException(
      String message, boolean mayHaveBeenAccepted, @Nullable Throwable cause) {
    super(message, cause);
    this.mayHaveBeenAccepted = mayHaveBeenAccepted;
  }

  /** Whether the server may have acted on the request. False means it certainly did not. */
  public boolean mayHaveBeenAccepted() {
    return mayHaveBeenAccepted;
  }
}
