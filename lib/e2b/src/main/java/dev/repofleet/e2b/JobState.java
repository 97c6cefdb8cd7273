package dev.repofleet.e2b;

import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * How a {@link DurableJob} stands.
 *
 * @param phase where it is
 * @param exitCode the command's exit code, 128 and the signal's number where one ended it; null
 *     unless it has ended
 */
public record JobState(Phase phase, @Nullable Integer exitCode) {
  /** Where a job is. */
  public enum Phase {
    /** Never started. */
    NONE,
    /** At work. */
    RUNNING,
    /** Over, and its exit code is known. */
    ENDED,
    /**
     * Started, and gone without an exit code: the sandbox was booted anew, or its supervisor was
     * killed, and then the command may still run. It is not started again under this name.
     */
    LOST
  }

  private static final String ENDED = "ended ";

  /** As the script says it; null if these are other words. */
  static @Nullable JobState of(String line) {
    return switch (line) {
      case "none" -> new JobState(Phase.NONE, null);
      case "running" -> new JobState(Phase.RUNNING, null);
      case "lost" -> new JobState(Phase.LOST, null);
      default ->
          line.matches(ENDED + "[0-9]{1,3}")
              ? new JobState(Phase.ENDED, Integer.valueOf(line.substring(ENDED.length())))
              : null;
    };
  }

  /** The exit code, once it has ended. */
  public OptionalInt exit() {
    return exitCode == null ? OptionalInt.empty() : OptionalInt.of(exitCode);
  }
}
