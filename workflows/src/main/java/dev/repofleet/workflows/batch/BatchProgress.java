package dev.repofleet.workflows.batch;

import dev.repofleet.workflows.Payload;
import java.util.List;

/**
 * Answer of the query {@code progress}.
 *
 * @param status how the batch stands
 * @param startedAt milliseconds since the epoch
 * @param total number of targets
 * @param dispatched how many were started, from the manifest's beginning; those that are not in
 *     {@code running} have ended
 * @param running those in work
 * @param tally of those that have ended
 */
@Payload
public record BatchProgress(
    BatchStatus status,
    long startedAt,
    int total,
    int dispatched,
    List<RunningRepository> running,
    BatchTally tally) {
  public BatchProgress {
    running = List.copyOf(running);
  }
}
