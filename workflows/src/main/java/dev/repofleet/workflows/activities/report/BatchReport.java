package dev.repofleet.workflows.activities.report;

import dev.repofleet.workflows.Payload;
import dev.repofleet.workflows.progress.BatchInput;
import dev.repofleet.workflows.progress.BatchStatus;
import dev.repofleet.workflows.progress.IndexRange;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * All that a batch knows at its end; the rest is in its repositories' {@code review.json}.
 *
 * @param batch its input with its progress at the end, from which a person may have it go on
 * @param status it ends in
 * @param dispatched how many targets were started
 * @param startedAt milliseconds since the epoch
 * @param endedAt milliseconds since the epoch
 * @param message why it stopped before its end, for people; absent when it did not
 * @param notStarted targets that people cancelled before they began; absent: none
 */
@Payload
public record BatchReport(
    BatchInput batch,
    BatchStatus status,
    int dispatched,
    long startedAt,
    long endedAt,
    @Nullable String message,
    List<IndexRange> notStarted) {
  public BatchReport {
    notStarted = notStarted == null ? List.of() : List.copyOf(notStarted);
    Objects.requireNonNull(batch, "batch");
    Objects.requireNonNull(status, "status");
  }
}
