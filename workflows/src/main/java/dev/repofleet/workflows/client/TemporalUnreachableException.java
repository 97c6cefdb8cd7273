package dev.repofleet.workflows.client;

/** Temporal can't be reached, or refuses the connection. The message says where and what to do. */
public final class TemporalUnreachableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public TemporalUnreachableException(String message, Throwable cause) {
    super(message, cause);
  }
}
