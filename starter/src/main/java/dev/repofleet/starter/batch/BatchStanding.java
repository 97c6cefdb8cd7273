package dev.repofleet.starter.batch;

import dev.repofleet.artifacts.result.BatchResult;
import dev.repofleet.workflows.batch.BatchProgress;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** How a batch stands, as its server told it once. Immutable. */
public final class BatchStanding {
  private final KnownBatch known;
  private final @Nullable BatchEnd end;
  private final @Nullable BatchProgress progress;

  private BatchStanding(
      KnownBatch known, @Nullable BatchEnd end, @Nullable BatchProgress progress) {
    this.known = known;
    this.end = end;
    this.progress = progress;
  }

  /** Asks the server, and a worker where the batch goes on; blocks. */
  public static BatchStanding of(KnownBatch known) {
    BatchEnd end = known.view().end().orElse(null);
    return new BatchStanding(known, end, end == null ? known.view().progress().orElse(null) : null);
  }

  /** Whether it has ended. */
  public boolean ended() {
    return end != null;
  }

  /** Whether it goes on and no worker answers, so that what is in work can't be told. */
  public boolean unattended() {
    return end == null && progress == null;
  }

  /** Of a batch that goes on; absent where none answers. */
  @Nullable BatchProgress progress() {
    return progress;
  }

  /** A row for each repository, whether it has ended or not; reads the store and blocks. */
  public BatchResult result(BatchRecords records) {
    BatchAssembly assembly = new BatchAssembly(records);
    if (end != null) {
      return assembly.ended(known.view(), end, known.startedAt());
    }
    return assembly.running(
        progress,
        progress == null ? known.startedAt() : Instant.ofEpochMilli(progress.startedAt()));
  }
}
