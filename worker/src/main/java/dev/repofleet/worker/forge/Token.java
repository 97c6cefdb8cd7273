package dev.repofleet.worker.forge;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A secret that opens a forge; never printed.
 *
 * @param value the secret itself
 * @param expiresAt absent when nobody said when it dies
 * @param variable of the environment that it comes from; this is what messages name
 */
public record Token(String value, @Nullable Instant expiresAt, String variable) {
  public Token {
    Objects.requireNonNull(value, "value");
    Objects.requireNonNull(variable, "variable");
  }

  @Override
  public String toString() {
    return "Token[" + variable + ", expiresAt=" + expiresAt + "]";
  }
}
