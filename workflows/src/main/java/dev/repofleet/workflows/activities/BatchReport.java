package dev.repofleet.workflows.activities;

import dev.repofleet.workflows.Payload;
import dev.repofleet.workflows.batch.BatchInput;
import dev.repofleet.workflows.batch.BatchStatus;
import java.util.Objects;

/**
 * All that a batch knows at its end; the rest is in its repositories' {@code review.json}.
 *
 * @param batch its input, without progress
 * @param status it ends in
 * @param dispatched how many targets were started
 * @param startedAt milliseconds since the epoch
 * @param endedAt milliseconds since the epoch
 */
@Payload
public record BatchReport(
    BatchInput batch, BatchStatus status, int dispatched, long startedAt, long endedAt) {
  public BatchReport {
    Objects.requireNonNull(batch, "batch");
    Objects.requireNonNull(status, "status");
  }
}
