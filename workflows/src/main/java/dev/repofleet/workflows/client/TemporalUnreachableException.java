package dev.repofleet.workflows.client;

import org.jspecify.annotations.Nullable;

/** Temporal can't be reached, or refuses the connection. The message says where and what to do. */
public final class TemporalUnreachableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public TemporalUnreachableException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
