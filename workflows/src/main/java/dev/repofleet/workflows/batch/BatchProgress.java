package dev.repofleet.workflows.batch;

import dev.repofleet.workflows.Payload;
import dev.repofleet.workflows.progress.BatchStatus;
import dev.repofleet.workflows.progress.BatchTally;
import dev.repofleet.workflows.progress.RunningRepository;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Answer of the query {@code progress}.
 *
 * @param status how the batch stands
 * @param startedAt milliseconds since the epoch
 * @param total number of targets
 * @param dispatched how many were started, from the manifest's beginning; those that are neither in
 *     {@code running} nor in {@code control.again} have ended
 * @param running those in work
 * @param tally of those that have ended
 * @param held why no review is started until a person resumes, in a sentence for people; absent
 *     while they are
 * @param control how people control it; absent in answers of before they could
 */
@Payload
public record BatchProgress(
    BatchStatus status,
    long startedAt,
    int total,
    int dispatched,
    List<RunningRepository> running,
    BatchTally tally,
    @Nullable String held,
    @Nullable BatchControl control) {
  public BatchProgress {
    running = List.copyOf(running);
  }
}
