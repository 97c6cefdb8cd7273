package dev.repofleet.e2b;

/**
 * The calling thread was interrupted while it waited.
 *
 * <p>The thread's interrupt flag is set again and the HTTP call is cancelled. As with {@link
 * E2bTransportException#mayHaveBeenAccepted()}, the server may have acted on the request; a started
 * process goes on.
 */
public final class E2bInterruptedException extends E2bException {
  /** Names the operation that was left. */
  public E2bInterruptedException(String message, InterruptedException cause) {
    super(message, cause);
  }
}
