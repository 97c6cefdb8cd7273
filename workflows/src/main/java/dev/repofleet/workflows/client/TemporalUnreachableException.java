package dev.repofleet.workflows.client;

import org.jspecify.annotations.Nullable;

/**
 * Temporal can't be reached, or refuses the connection. The message says what was seen, where, and
 * what to do; nothing of a key is in it.
 */
public final class TemporalUnreachableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String seen;
  private final String wayOut;
  private final boolean absent;

  TemporalUnreachableException(String seen, String wayOut, @Nullable Throwable cause) {
    this(seen, wayOut, false, cause);
  }

  TemporalUnreachableException(
      String seen, String wayOut, boolean absent, @Nullable Throwable cause) {
    super(seen + ": " + wayOut, cause);
    this.seen = seen;
    this.wayOut = wayOut;
    this.absent = absent;
  }

  /** What was seen, and where. */
  public String seen() {
    return seen;
  }

  /** What to do about it. */
  public String wayOut() {
    return wayOut;
  }

  /** Whether nothing answered at all: it may come up yet. */
  public boolean isAbsent() {
    return absent;
  }
}
