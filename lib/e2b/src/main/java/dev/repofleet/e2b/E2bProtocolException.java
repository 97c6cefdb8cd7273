package dev.repofleet.e2b;

import org.jspecify.annotations.Nullable;

/**
 * The server answered with something that is not E2B's contract: a malformed frame, a body that is
 * not the expected JSON, a stream that ended without telling how the process ended.
 *
 * <p>The request was received and may have taken effect. Repeating it rarely helps; a proxy or a
 * wrong {@code E2B_API_URL} or {@code E2B_SANDBOX_URL} is the usual reason.
 */
public final class E2bProtocolException extends E2bException {
  /** Says what was expected and what came. */
  public E2bProtocolException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
