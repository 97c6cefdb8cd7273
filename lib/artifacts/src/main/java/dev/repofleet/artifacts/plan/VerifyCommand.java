package dev.repofleet.artifacts.plan;

import dev.repofleet.artifacts.Parts;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A plan's own command that is run on what the agent changed, such as the repository's tests. What
 * it comes to is told with the result and decides nothing.
 *
 * @param command for a shell, in the folder under review
 * @param time it may take; default 10 minutes
 */
public record VerifyCommand(String command, Duration time) {
  /** Default of {@link #time}. */
  public static final Duration DEFAULT_TIME = Duration.ofMinutes(10);

  /** Fills in the time; refuses a blank command and a time that is none. */
  public VerifyCommand {
    Parts.text(command, "command to verify by");
    time = time == null ? DEFAULT_TIME : Parts.positive(time, "time to verify in");
  }

  /** Of the parts that were written; an absent time takes its default. */
  @SuppressWarnings("NullAway") // the compact constructor replaces what is absent
  public static VerifyCommand of(String command, @Nullable Duration time) {
    return new VerifyCommand(command, time);
  }
}
