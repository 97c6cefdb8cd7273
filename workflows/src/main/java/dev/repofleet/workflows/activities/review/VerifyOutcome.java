package dev.repofleet.workflows.activities.review;

import dev.repofleet.workflows.Payload;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the plan's own command came to.
 *
 * @param ending how it ended
 * @param exitCode of the command; absent where it is not known
 * @param milliseconds it took
 * @param outputUri of the end of what it wrote; absent when it wrote nothing
 * @param message why nothing is known, for people, without secrets
 */
@Payload
public record VerifyOutcome(
    Ending ending,
    @Nullable Integer exitCode,
    long milliseconds,
    @Nullable String outputUri,
    @Nullable String message) {
  /** How such a command ends. */
  public enum Ending {
    PASSED,
    FAILED,
    TIMED_OUT,
    UNKNOWN
  }

  public VerifyOutcome {
    Objects.requireNonNull(ending, "ending");
  }

  /** Of a command of which no end is known. */
  public static VerifyOutcome unknown(String message) {
    return new VerifyOutcome(Ending.UNKNOWN, null, 0, null, message);
  }
}
