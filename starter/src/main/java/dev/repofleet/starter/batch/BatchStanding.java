package dev.repofleet.starter.batch;

import dev.repofleet.artifacts.result.BatchResult;
import dev.repofleet.workflows.batch.BatchProgress;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How a batch stands.
 *
 * @param result of all its repositories, or of those that have ended so far
 * @param ended whether the batch has
 * @param progress of one that goes on; absent where no worker answers, and what is in work can't be
 *     told
 */
public record BatchStanding(BatchResult result, boolean ended, @Nullable BatchProgress progress) {

  /** Asks the server and the store; blocks. */
  public static BatchStanding of(KnownBatch known, BatchRecords records) {
    BatchAssembly assembly = new BatchAssembly(records);
    Optional<BatchEnd> end = known.view().end();
    if (end.isPresent()) {
      return new BatchStanding(
          assembly.ended(known.view(), end.get(), known.startedAt()), true, null);
    }
    BatchProgress progress = known.view().progress().orElse(null);
    Instant startedAt =
        progress == null ? known.startedAt() : Instant.ofEpochMilli(progress.startedAt());
    return new BatchStanding(assembly.running(progress, startedAt), false, progress);
  }

  /** Whether what is in work can't be told now. */
  public boolean unattended() {
    return !ended && progress == null;
  }
}
