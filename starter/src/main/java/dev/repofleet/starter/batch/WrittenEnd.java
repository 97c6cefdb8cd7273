package dev.repofleet.starter.batch;

import dev.repofleet.artifacts.ArtifactPaths;
import dev.repofleet.artifacts.ArtifactUri;
import dev.repofleet.artifacts.result.BatchResult;
import dev.repofleet.starter.command.CommandContext;
import dev.repofleet.starter.command.CommandException;
import dev.repofleet.starter.server.TemporalAwayException;
import dev.repofleet.workflows.client.TemporalConnection;
import dev.repofleet.workflows.client.TemporalUnreachableException;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * A batch's {@code batch.json}, where it is the last word: a batch that was started again keeps the
 * one of before until it ends anew. Stateless.
 */
public final class WrittenEnd {
  private WrittenEnd() {}

  /** Empty when there is none, and when the batch was started again since. */
  static Optional<BatchResult> of(BatchRecords records, BatchView view) {
    return records.batchResult().filter(written -> !isOfARunBefore(written, view));
  }

  /**
   * The same as far as a server can be asked: what a batch has left needs none, and nobody is asked
   * of one that no person wanted to go on.
   */
  public static Optional<BatchResult> of(BatchRecords records, CommandContext context) {
    Optional<BatchResult> written = records.batchResult();
    return written.filter(end -> !asked(records, context, view -> isOfARunBefore(end, view)));
  }

  /** Whether a batch that has ended is at work again, as far as a server can be asked. */
  public static boolean goesOn(BatchRecords records, CommandContext context) {
    return asked(records, context, view -> view.end().isEmpty());
  }

  private static boolean asked(
      BatchRecords records, CommandContext context, Predicate<BatchView> question) {
    if (!records.store().exists(ArtifactUri.of(ArtifactPaths.reopened(records.batch())))) {
      return false;
    }
    try (TemporalConnection connection = TemporalConnection.open(context.environment())) {
      return question.test(new TemporalBatchView(connection, records.batch(), context.clock()));
    } catch (TemporalUnreachableException | TemporalAwayException | CommandException noServer) {
      return false;
    }
  }

  /** Not when the server does not say so: the result is there, and most probably the last. */
  private static boolean isOfARunBefore(BatchResult written, BatchView view) {
    Instant end = written.endedAt();
    try {
      return end != null && view.runStartedAt().filter(start -> start.isAfter(end)).isPresent();
    } catch (TemporalAwayException | CommandException noAnswer) {
      return false;
    }
  }
}
