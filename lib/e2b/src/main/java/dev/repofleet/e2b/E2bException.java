package dev.repofleet.e2b;

import org.jspecify.annotations.Nullable;

/**
 * The root of everything this client throws on purpose, wrong arguments and states aside.
 *
 * <p>A message names what was attempted, on which sandbox, and what went wrong. It never holds an
 * API key, an access token or the value of an environment variable.
 */
public sealed class E2bException extends RuntimeException
    permits CommandTimeoutException,
        E2bInterruptedException,
        E2bProtocolException,
        E2bStatusException,
        E2bTransportException,
        FileTooLargeException,
        GitException,
        TemplateBuildException {

  /** A failure that none of the subclasses names, for example a callback that threw. */
  public E2bException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
