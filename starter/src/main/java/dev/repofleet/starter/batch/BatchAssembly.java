package dev.repofleet.starter.batch;

import dev.repofleet.artifacts.ArtifactCorruptException;
import dev.repofleet.artifacts.ArtifactTooLongException;
import dev.repofleet.artifacts.result.AgentInfo;
import dev.repofleet.artifacts.result.BatchResult;
import dev.repofleet.artifacts.result.BatchRow;
import dev.repofleet.artifacts.result.BatchStatus;
import dev.repofleet.artifacts.result.RepositoryResult;
import dev.repofleet.artifacts.result.RepositoryStatus;
import dev.repofleet.artifacts.target.TargetRow;
import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.batch.BatchProgress;
import dev.repofleet.workflows.progress.IndexRange;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Puts a batch's result together where no {@code batch.json} tells it: while it runs, and when its
 * workflow ended without writing one.
 */
public final class BatchAssembly {
  private final BatchRecords records;
  private @Nullable AgentInfo agent;

  /** Of the batch that the records are about. */
  public BatchAssembly(BatchRecords records) {
    this.records = records;
  }

  /** The row of a target that the batch's end left behind. */
  public static BatchRow notStarted(TargetRow target) {
    return BatchRow.without(
        target, RepositoryStatus.FAILED, Cause.NOT_STARTED.code(), Cause.NOT_STARTED.sentence());
  }

  /** A batch that goes on; without progress only its ended repositories are known. */
  BatchResult running(@Nullable BatchProgress progress, Instant startedAt) {
    Map<Integer, Integer> generations = new HashMap<>();
    List<IndexRange> again = List.of();
    List<IndexRange> notStarted = List.of();
    if (progress != null) {
      progress.running().forEach(each -> generations.put(each.index(), each.generation()));
      if (progress.control() != null) {
        again = progress.control().again();
        notStarted = progress.control().notStarted();
      }
    }
    List<BatchRow> rows = new ArrayList<>();
    for (TargetRow target : records.targets()) {
      int index = target.index();
      Integer generation = generations.get(index);
      boolean started = generation != null || (progress != null && index < progress.dispatched());
      if (isIn(again, index)) {
        rows.add(BatchRow.without(target, RepositoryStatus.QUEUED, null, null));
      } else if (isIn(notStarted, index)) {
        rows.add(cancelled(target));
      } else if (progress != null && !started) {
        // Nothing is asked of the store for the many that wait.
        rows.add(BatchRow.without(target, RepositoryStatus.QUEUED, null, null));
      } else {
        rows.add(
            row(target, generation == null ? 0 : generation)
                .orElseGet(
                    () ->
                        BatchRow.without(
                            target,
                            started ? RepositoryStatus.RUNNING : RepositoryStatus.QUEUED,
                            null,
                            null)));
      }
    }
    return result(BatchStatus.RUNNING, null, startedAt, rows);
  }

  private static boolean isIn(List<IndexRange> ranges, int index) {
    return ranges.stream().anyMatch(range -> range.contains(index));
  }

  /** The row of a target that people cancelled before it began. */
  static BatchRow cancelled(TargetRow target) {
    return BatchRow.without(
        target, RepositoryStatus.CANCELLED, Cause.NOT_STARTED.code(), Cause.NOT_STARTED.sentence());
  }

  /** A batch that has ended; {@code batch.json} as it is, else from what its reviews left. */
  public BatchResult ended(BatchView view, BatchEnd end, Instant startedAt) {
    Optional<BatchResult> written = WrittenEnd.of(records, view);
    if (written.isPresent()) {
      return written.get();
    }
    List<BatchRow> rows = new ArrayList<>();
    for (TargetRow target : records.targets()) {
      rows.add(row(target, 0).orElseGet(() -> notStarted(target)));
    }
    BatchStatus status =
        end.kind() == BatchEnd.Kind.CANCELLED ? BatchStatus.CANCELLED : BatchStatus.FAILED;
    return result(status, end.message(), startedAt, rows);
  }

  /**
   * Of a result.
   *
   * @param generation that is in work: a result of an earlier one is none
   * @throws dev.repofleet.artifacts.ArtifactException when the store can't be read; of a file that
   *     is damaged the row tells it
   */
  private Optional<BatchRow> row(TargetRow target, int generation) {
    try {
      Optional<RepositoryResult> result =
          records.result(target.key()).filter(found -> found.generation() >= generation);
      result.map(RepositoryResult::agent).ifPresent(known -> agent = known);
      return result.map(found -> BatchRow.of(found, found.files().uris()));
    } catch (ArtifactCorruptException | ArtifactTooLongException e) {
      return Optional.of(
          BatchRow.without(target, RepositoryStatus.FAILED, Cause.INTERNAL.code(), e.getMessage()));
    }
  }

  private BatchResult result(
      BatchStatus status, @Nullable String message, Instant startedAt, List<BatchRow> rows) {
    return BatchResult.of(
        new BatchResult.Head(records.batch(), status, message, null, agent, startedAt, null), rows);
  }
}
