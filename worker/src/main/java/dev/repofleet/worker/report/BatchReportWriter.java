package dev.repofleet.worker.report;

import dev.repofleet.artifacts.ArtifactCorruptException;
import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.ArtifactPaths;
import dev.repofleet.artifacts.ArtifactRef;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.ArtifactUri;
import dev.repofleet.artifacts.StoredArtifact;
import dev.repofleet.artifacts.result.AgentInfo;
import dev.repofleet.artifacts.result.BatchResult;
import dev.repofleet.artifacts.result.BatchRow;
import dev.repofleet.artifacts.result.BatchStatus;
import dev.repofleet.artifacts.result.RepositoryResult;
import dev.repofleet.artifacts.result.RepositoryStatus;
import dev.repofleet.artifacts.result.ReviewFiles;
import dev.repofleet.artifacts.target.ManifestReader;
import dev.repofleet.artifacts.target.TargetRow;
import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.activities.report.BatchReport;
import dev.repofleet.workflows.order.ManifestRef;
import dev.repofleet.workflows.progress.BatchInput;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes a batch's result: a row for each target of the manifest, whatever became of it. */
final class BatchReportWriter {
  private static final Logger log = LoggerFactory.getLogger(BatchReportWriter.class);

  private static final int PAGE = 500;

  /** Each round but the last was undone by somebody else's. */
  private static final int MOST_ROUNDS = 20;

  /** Longer than any attempt at a report may act. */
  private static final Duration LATELY = Duration.ofHours(1);

  private final ArtifactStore store;
  private final RepositoryResults results;

  BatchReportWriter(ArtifactStore store) {
    this.store = store;
    this.results = new RepositoryResults(store);
  }

  private static List<ManifestRef> manifests(BatchInput batch) {
    List<ManifestRef> all = new ArrayList<>();
    all.add(batch.manifest());
    if (batch.progress() != null) {
      all.addAll(batch.progress().added());
    }
    return all;
  }

  /**
   * Writes it.
   *
   * @param mayName throws when this attempt was given up meanwhile
   */
  ArtifactRef write(BatchReport report, Runnable mayName) {
    String batch = report.batch().batch();
    byte[] result = ArtifactJson.pretty(result(report));
    mayName.run();
    store.putNamed(ArtifactPaths.batchState(batch), ArtifactJson.pretty(report));
    ArtifactRef written = store.putNamed(ArtifactPaths.batch(batch), result);
    refresh(batch);
    return written;
  }

  private BatchResult result(BatchReport report) {
    BatchInput batch = report.batch();
    List<BatchRow> rows = new ArrayList<>();
    AgentInfo agent = null;
    try (ParallelReads reads = new ParallelReads()) {
      for (ManifestRef manifest : manifests(batch)) {
        int first = rows.size();
        ManifestReader reader = ManifestReader.open(store, TargetPages.inStore(manifest));
        for (long offset = 0; offset < manifest.count(); offset += PAGE) {
          // Of a result no more than its row is kept: one may have megabytes.
          List<TargetRow> page =
              reader.readPage(offset, PAGE).stream()
                  .map(row -> row.at(first + row.index()))
                  .toList();
          for (Found found : reads.of(page, target -> found(report, target))) {
            rows.add(found.row);
            agent = agent == null ? found.agent : agent;
          }
        }
      }
    }
    BatchStatus status = BatchStatus.valueOf(report.status().name());
    BatchResult.Head head =
        new BatchResult.Head(
            batch.batch(),
            status,
            report.message() == null ? BatchResult.message(status, rows) : report.message(),
            batch.plan().name(),
            agent,
            Instant.ofEpochMilli(report.startedAt()),
            Instant.ofEpochMilli(report.endedAt()));
    return BatchResult.of(head, rows);
  }

  /**
   * Brings one repository's row up to date, after a follow-up on it. A batch that has not written
   * its result yet will find the review's by itself.
   */
  void refresh(String batch, String key) {
    store.putNamed(ArtifactPaths.followedUp(batch, key), key.getBytes(StandardCharsets.UTF_8));
    refresh(batch);
  }

  /**
   * Two may do this at once, and the store has no lock: each looks again at what it has written, at
   * how the batch ended last, and at all that was followed up lately. So whoever writes last has
   * seen what any other had to say.
   */
  private void refresh(String batch) {
    String path = ArtifactPaths.batch(batch);
    for (int round = 0; round < MOST_ROUNDS; round++) {
      Optional<byte[]> before = store.readIfPresent(ArtifactUri.of(path), BatchResult.MAX_BYTES);
      if (before.isEmpty()) {
        return;
      }
      BatchResult result = ofLastEnd(ArtifactJson.read(before.get(), BatchResult.class, path));
      for (String key : followedUpLately(batch)) {
        result = withRowOf(result, key);
      }
      byte[] after = ArtifactJson.pretty(result);
      if (Arrays.equals(before.get(), after)) {
        return;
      }
      store.putNamed(path, after);
    }
  }

  /** Of a batch that was gone on with, a follow-up may just have put the result of before there. */
  private BatchResult ofLastEnd(BatchResult written) {
    String path = ArtifactPaths.batchState(written.batch());
    return store
        .readIfPresent(ArtifactUri.of(path), BatchResult.MAX_BYTES)
        .map(json -> ArtifactJson.read(json, BatchReport.class, path))
        .filter(end -> !Instant.ofEpochMilli(end.endedAt()).equals(written.endedAt()))
        .map(this::result)
        .orElse(written);
  }

  /** By the store's clock. What was followed up before that has long been looked at again. */
  private List<String> followedUpLately(String batch) {
    List<StoredArtifact> notes = new ArrayList<>();
    store.visit(ArtifactPaths.followedUpFolder(batch), notes::add);
    Instant last =
        notes.stream().map(StoredArtifact::storedAt).max(Comparator.naturalOrder()).orElse(null);
    return notes.stream()
        .filter(note -> last != null && !note.storedAt().isBefore(last.minus(LATELY)))
        .map(StoredArtifact::name)
        .toList();
  }

  private BatchResult withRowOf(BatchResult batch, String key) {
    if (batch.repositories().stream().noneMatch(row -> row.key().equals(key))) {
      return batch;
    }
    try {
      return results
          .find(batch.batch(), key)
          .map(result -> batch.withRow(BatchRow.of(result, files(batch.batch(), result))))
          .orElse(batch);
    } catch (ArtifactCorruptException e) {
      log.warn("The row of {} stays as it is: {}", key, e.getMessage());
      return batch;
    }
  }

  private Found found(BatchReport report, TargetRow target) {
    Result result = find(report.batch().batch(), target);
    return new Found(
        row(report, target, result), result.result == null ? null : result.result.agent());
  }

  private record Found(BatchRow row, @Nullable AgentInfo agent) {}

  private Result find(String batch, TargetRow target) {
    try {
      return new Result(results.find(batch, target.key()), null);
    } catch (ArtifactCorruptException e) {
      return new Result(Optional.empty(), "its review.json can't be read: " + e.getMessage());
    }
  }

  private static BatchRow row(BatchReport report, TargetRow target, Result found) {
    String batch = report.batch().batch();
    if (found.result != null) {
      return BatchRow.of(found.result, files(batch, found.result));
    }
    boolean cancelled = report.status() == dev.repofleet.workflows.progress.BatchStatus.CANCELLED;
    if (report.notStarted().stream().anyMatch(range -> range.contains(target.index()))) {
      return BatchRow.without(
          target,
          RepositoryStatus.CANCELLED,
          Cause.NOT_STARTED.code(),
          Cause.NOT_STARTED.sentence());
    }
    if (target.index() >= report.dispatched()) {
      return BatchRow.without(
          target,
          cancelled ? RepositoryStatus.CANCELLED : RepositoryStatus.FAILED,
          Cause.NOT_STARTED.code(),
          Cause.NOT_STARTED.sentence());
    }
    if (cancelled && found.fault == null) {
      return BatchRow.without(
          target, RepositoryStatus.CANCELLED, Cause.CANCELLED.code(), Cause.CANCELLED.sentence());
    }
    String fault = found.fault == null ? "it left no result" : found.fault;
    return BatchRow.without(
        target,
        RepositoryStatus.FAILED,
        Cause.INTERNAL.code(),
        fault + "; see the workflow " + Fleet.reviewWorkflowId(batch, target.key()));
  }

  private static ReviewFiles files(String batch, RepositoryResult result) {
    ReviewFiles files = result.files().uris();
    return new ReviewFiles(
        ArtifactUri.of(ArtifactPaths.review(batch, result.key())),
        files.patch(),
        files.sarif(),
        files.transcript(),
        files.events(),
        files.log());
  }

  /** What the store has of one repository: a result, or nothing, or something broken. */
  private static final class Result {
    private final @Nullable RepositoryResult result;
    private final @Nullable String fault;

    private Result(Optional<RepositoryResult> result, @Nullable String fault) {
      this.result = result.orElse(null);
      this.fault = fault;
    }
  }
}
