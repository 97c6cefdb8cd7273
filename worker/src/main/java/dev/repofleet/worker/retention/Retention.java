package dev.repofleet.worker.retention;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How long what a batch left is kept after its end, or after the last follow-up on it. Immutable.
 *
 * @param checkpoints what a follow-up goes on from; absent: as long as the batch
 * @param batches all artifacts of the batch; absent: until a person deletes it
 */
public record Retention(@Nullable Duration checkpoints, @Nullable Duration batches) {
  /** Days, 1 to 3,650, or {@code never}. */
  public static final String CHECKPOINT_DAYS = "REPOFLEET_CHECKPOINT_DAYS";

  /** Days, 1 to 3,650, or {@code never}. */
  public static final String BATCH_DAYS = "REPOFLEET_BATCH_DAYS";

  private static final Duration DEFAULT_CHECKPOINTS = Duration.ofDays(14);
  private static final int MOST_DAYS = 3650;
  private static final String NEVER = "never";

  /**
   * Reads the two variables.
   *
   * @throws IllegalArgumentException naming the one that is no number of days
   */
  public static Retention of(Map<String, String> environment) {
    return new Retention(
        days(environment, CHECKPOINT_DAYS, Optional.of(DEFAULT_CHECKPOINTS)).orElse(null),
        days(environment, BATCH_DAYS, Optional.empty()).orElse(null));
  }

  private static Optional<Duration> days(
      Map<String, String> environment, String name, Optional<Duration> otherwise) {
    String value = environment.getOrDefault(name, "").strip();
    if (value.isEmpty()) {
      return otherwise;
    }
    if (value.equals(NEVER)) {
      return Optional.empty();
    }
    if (!value.matches("[1-9]\\d{0,3}") || Integer.parseInt(value) > MOST_DAYS) {
      throw new IllegalArgumentException(
          name + " is \"" + value + "\": take a number of days, 1 to 3650, or never");
    }
    return Optional.of(Duration.ofDays(Integer.parseInt(value)));
  }
}
