package dev.repofleet.workflows.batch;

import dev.repofleet.workflows.Payload;
import dev.repofleet.workflows.progress.BatchStatus;
import dev.repofleet.workflows.progress.BatchTally;
import java.util.Objects;

/**
 * Result of {@link ReviewBatchWorkflow}.
 *
 * @param status it ended in; never {@code running}
 * @param tally of its repositories
 * @param reportUri of {@code batch.json}
 */
@Payload
public record BatchOutcome(BatchStatus status, BatchTally tally, String reportUri) {
  public BatchOutcome {
    Objects.requireNonNull(status, "status");
    Objects.requireNonNull(tally, "tally");
    Objects.requireNonNull(reportUri, "reportUri");
  }
}
