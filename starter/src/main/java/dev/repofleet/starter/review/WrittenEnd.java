package dev.repofleet.starter.review;

import dev.repofleet.artifacts.ArtifactPaths;
import dev.repofleet.artifacts.ArtifactUri;
import dev.repofleet.artifacts.BatchResult;
import dev.repofleet.starter.command.CommandContext;
import dev.repofleet.workflows.client.TemporalConnection;
import dev.repofleet.workflows.client.TemporalUnreachableException;
import java.time.Instant;
import java.util.Optional;

/**
 * A batch's {@code batch.json}, where it is the last word: a batch that was started again keeps the
 * one of before until it ends anew. Stateless.
 */
public final class WrittenEnd {
  private WrittenEnd() {}

  /** Empty when there is none, and when the batch was started again since. */
  static Optional<BatchResult> of(BatchRecords records, BatchView view) {
    return records.batchResult().filter(written -> isLatest(written, view));
  }

  /**
   * The same as far as a server can be asked: what a batch has left needs none, and nobody is asked
   * of one that no person wanted to go on.
   */
  public static Optional<BatchResult> of(BatchRecords records, CommandContext context) {
    Optional<BatchResult> written = records.batchResult();
    if (written.isEmpty()
        || !records.store().exists(ArtifactUri.of(ArtifactPaths.reopened(records.batch())))) {
      return written;
    }
    try (TemporalConnection connection = TemporalConnection.open(context.environment())) {
      BatchView view = new TemporalBatchView(connection, records.batch(), context.clock());
      return written.filter(end -> isLatest(end, view));
    } catch (TemporalUnreachableException | TemporalAwayException noServer) {
      return written;
    }
  }

  private static boolean isLatest(BatchResult written, BatchView view) {
    Instant end = written.endedAt();
    return end == null || view.runStartedAt().filter(start -> start.isAfter(end)).isEmpty();
  }
}
