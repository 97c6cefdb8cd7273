package dev.repofleet.workflows.batch;

import dev.repofleet.workflows.Payload;
import dev.repofleet.workflows.progress.IndexRange;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a batch is controlled now: part of {@link BatchProgress}.
 *
 * @param paused whether a person has paused it
 * @param settings as they are
 * @param reservedUsd for what is in work; 0 without a budget
 * @param again targets that have ended and wait to be reviewed once more
 * @param notStarted targets that a person has cancelled before they began
 * @param stopped why nothing more is started although there is more; absent while that is not so
 */
@Payload
public record BatchControl(
    boolean paused,
    BatchSettings settings,
    double reservedUsd,
    List<IndexRange> again,
    List<IndexRange> notStarted,
    @Nullable String stopped) {
  public BatchControl {
    Objects.requireNonNull(settings, "settings");
    again = List.copyOf(again);
    notStarted = List.copyOf(notStarted);
  }
}
