package dev.repofleet.starter.review;

import org.jspecify.annotations.Nullable;

/** The Temporal server does not answer now. Batches go on without it being asked. */
public final class TemporalAwayException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With the reason in a few words. */
  public TemporalAwayException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
