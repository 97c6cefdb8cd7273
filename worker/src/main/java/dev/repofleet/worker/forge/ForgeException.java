package dev.repofleet.worker.forge;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A forge did not do what it was asked for; the message is for people and holds no secret. */
public final class ForgeException extends RuntimeException {
  /** What went wrong. */
  public enum Kind {
    /** The token is wrong, has expired or was revoked (401). */
    LOGIN_REFUSED,
    /** The login is good and may not do this (403), or its App is suspended. */
    FORBIDDEN,
    /** There is no such thing, or the login can't see it (404, 410). */
    NOT_FOUND,
    /** A limit of requests; {@link #retryAt()} says when to come again. */
    RATE_LIMITED,
    /** What was asked for is refused, and will be the next time (other 4xx). */
    REJECTED,
    /** No answer, or none that makes sense (5xx). A write may have been done all the same. */
    UNREACHABLE
  }

  private final Kind kind;
  private final @Nullable Instant retryAt;

  ForgeException(Kind kind, String message, @Nullable Instant retryAt, @Nullable Throwable cause) {
    super(message, cause);
    this.kind = Objects.requireNonNull(kind, "kind");
    this.retryAt = retryAt;
  }

  /** What went wrong. */
  public Kind kind() {
    return kind;
  }

  /** When the forge will answer again; known for each {@link Kind#RATE_LIMITED}. */
  public Optional<Instant> retryAt() {
    return Optional.ofNullable(retryAt);
  }
}
