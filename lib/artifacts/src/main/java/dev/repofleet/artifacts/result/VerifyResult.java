package dev.repofleet.artifacts.result;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.repofleet.artifacts.Parts;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a plan's own command came to on what the agent changed. It ran where the agent had been, so
 * it is a hint and no proof.
 *
 * @param command as the plan has it
 * @param ending how it ended
 * @param exitCode of the command; absent where it is not known
 * @param duration it took; absent where that is not known
 * @param output the end of what it wrote, known secrets taken out
 * @param message why nothing is known; absent where something is
 */
public record VerifyResult(
    String command,
    Ending ending,
    @Nullable Integer exitCode,
    @Nullable Duration duration,
    @Nullable String output,
    @Nullable String message) {
  /** How such a command ends. */
  public enum Ending {
    /** With exit code 0. */
    @JsonProperty("passed")
    PASSED,
    /** With another one. */
    @JsonProperty("failed")
    FAILED,
    /** Its time was over. */
    @JsonProperty("timed_out")
    TIMED_OUT,
    /** Its sandbox or worker was lost: it is started once only. */
    @JsonProperty("unknown")
    UNKNOWN
  }

  /** Refuses what lacks command or ending. */
  public VerifyResult {
    Parts.text(command, "command");
    Objects.requireNonNull(ending, "ending is missing");
  }

  /** For people: {@code passed}, {@code failed with exit code 1}, {@code did not end in 600 s}. */
  public String sentence() {
    return switch (ending) {
      case PASSED -> "passed";
      case FAILED -> "failed with exit code " + exitCode;
      case TIMED_OUT ->
          "did not end in " + (duration == null ? "its time" : duration.toSeconds() + " s");
      case UNKNOWN -> "came to nothing that is known";
    };
  }
}
