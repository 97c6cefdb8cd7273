package dev.repofleet.e2b;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How a process ended.
 *
 * @param exitCode the exit code; -1 if a signal ended it
 * @param exited true if it ended by itself, false if a signal did it
 * @param status envd's words, for example {@code exit status 7} or {@code signal: killed}
 */
public record CommandExit(int exitCode, boolean exited, @Nullable String status) {
  private static final String SIGNAL_PREFIX = "signal: ";

  /** Ended by itself with code 0. */
  public boolean succeeded() {
    return exited && exitCode == 0;
  }

  /** The signal that ended it in envd's words, for example {@code killed}; empty if none did. */
  public Optional<String> signal() {
    if (exited) {
      return Optional.empty();
    }
    return Optional.of(
        status != null && status.startsWith(SIGNAL_PREFIX)
            ? status.substring(SIGNAL_PREFIX.length())
            : "unknown");
  }

  /** For messages: {@code exit code 7} or {@code signal killed}. */
  public String describe() {
    return signal().map(name -> "signal " + name).orElse("exit code " + exitCode);
  }
}
