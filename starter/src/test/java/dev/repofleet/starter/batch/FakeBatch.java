package dev.repofleet.starter.batch;

import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.ArtifactPaths;
import dev.repofleet.artifacts.ArtifactRef;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.result.AgentInfo;
import dev.repofleet.artifacts.result.BatchResult;
import dev.repofleet.artifacts.result.BatchRow;
import dev.repofleet.artifacts.result.CostSource;
import dev.repofleet.artifacts.result.RepositoryResult;
import dev.repofleet.artifacts.result.RepositoryStatus;
import dev.repofleet.artifacts.result.ReviewArtifacts;
import dev.repofleet.artifacts.result.ReviewFiles;
import dev.repofleet.artifacts.result.Usage;
import dev.repofleet.artifacts.target.CanonicalTarget;
import dev.repofleet.artifacts.target.ManifestWriter;
import dev.repofleet.artifacts.target.TargetKey;
import dev.repofleet.artifacts.target.TargetParser;
import dev.repofleet.artifacts.target.TargetRow;
import dev.repofleet.artifacts.target.TargetSpec;
import dev.repofleet.starter.server.TemporalAwayException;
import dev.repofleet.starter.testing.TestProgram;
import dev.repofleet.workflows.SeverityCounts;
import dev.repofleet.workflows.Stage;
import dev.repofleet.workflows.activities.agent.RunSeen;
import dev.repofleet.workflows.batch.BatchControl;
import dev.repofleet.workflows.batch.BatchProgress;
import dev.repofleet.workflows.batch.BatchSettings;
import dev.repofleet.workflows.progress.BatchStatus;
import dev.repofleet.workflows.progress.BatchTally;
import dev.repofleet.workflows.progress.IndexRange;
import dev.repofleet.workflows.progress.RunningRepository;
import dev.repofleet.workflows.review.RepositoryProgress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A batch without a server: its repositories are moved by hand, its records lie in a store. */
public final class FakeBatch implements BatchView {
  public static final String ID = "some-batch";

  private final ArtifactStore store;
  private final List<TargetRow> rows = new ArrayList<>();
  private final Map<Integer, RepositoryProgress> running = new TreeMap<>();
  private final List<BatchRow> ended = new ArrayList<>();
  private int dispatched;
  private @Nullable BatchEnd end;
  private int questions;
  Instant runStartedAt = TestProgram.NOW;
  List<IndexRange> notStarted = List.of();
  public boolean serverAway;
  public boolean workerAway;
  @Nullable String held;
  private @Nullable FailedAttempts failed;
  String taskQueue = "repofleet-run";

  public FakeBatch(ArtifactStore store, int repositories) {
    this.store = store;
    try (ManifestWriter writer = new ManifestWriter(store, ID)) {
      for (int i = 0; i < repositories; i++) {
        writer.add(newRow());
      }
      writer.finish();
    }
  }

  private TargetRow newRow() {
    TargetSpec spec = new TargetParser(path -> false).parse("owner/r" + rows.size());
    CanonicalTarget canonical = CanonicalTarget.ofUrl(spec.url());
    TargetRow row =
        TargetRow.git(rows.size(), TargetKey.of(canonical, null, null), spec, canonical);
    rows.add(row);
    return row;
  }

  /** A person adds a repository. */
  public void add() {
    TargetRow row = newRow();
    store.putNamed(
        ArtifactPaths.addedManifest(ID, row.index()),
        (ArtifactJson.line(row.at(0)) + "\n").getBytes(StandardCharsets.UTF_8));
  }

  public BatchRecords records() {
    return new BatchRecords(store, ID);
  }

  public TargetRow row(int index) {
    return rows.get(index);
  }

  public int questions() {
    return questions;
  }

  public void enter(int index, Stage stage, int turn) {
    dispatched = Math.max(dispatched, index + 1);
    running.put(index, new RepositoryProgress(stage, turn, null, null, 0.05, SeverityCounts.NONE));
  }

  /** What is tried again of every repository in work. */
  public void fail(int count, String reason) {
    failed = new FailedAttempts(count, Duration.ofSeconds(2), reason);
  }

  /** Lets a follow-up wait for a person. */
  public void ask(int index, int followUp) {
    enter(index, Stage.APPROVAL, 1);
    running.put(
        index,
        new RepositoryProgress(
            Stage.APPROVAL, 1, null, null, 0.05, SeverityCounts.NONE, followUp, null));
  }

  /** Ends a repository as a worker does: its result is there before the batch knows. */
  public void finish(int index, RepositoryStatus status, @Nullable String cause) {
    finish(index, status, cause, null);
  }

  /** The same, with findings as SARIF or without. */
  public void finish(
      int index, RepositoryStatus status, @Nullable String cause, @Nullable String sarif) {
    dispatched = Math.max(dispatched, index + 1);
    ReviewArtifacts files =
        sarif == null
            ? ReviewArtifacts.NONE
            : ReviewArtifacts.NONE.withSarif(
                store.putNamed(
                    ArtifactPaths.sarif(ID, rows.get(index).key()),
                    sarif.getBytes(StandardCharsets.UTF_8)));
    RepositoryResult result = result(index, status, cause, files);
    ArtifactRef written =
        store.putNamed(
            ArtifactPaths.review(ID, rows.get(index).key()), ArtifactJson.pretty(result));
    ended.add(BatchRow.of(result, written(files, written)));
    running.remove(index);
  }

  /** Where these files are, and the result that was written of them. */
  public static ReviewFiles written(ReviewArtifacts files, ArtifactRef review) {
    return new ReviewArtifacts(
            review, files.patch(), files.sarif(), files.transcript(), files.events(), files.log())
        .uris();
  }

  public RepositoryResult result(
      int index, RepositoryStatus status, @Nullable String cause, ReviewArtifacts files) {
    return RepositoryResult.builder(ID, rows.get(index), status)
        .cause(cause)
        .usage(new Usage(10, 0, 0, 5, 0.12, CostSource.REPORTED, 3))
        .files(files)
        .build();
  }

  /** Ends a repository of which no result was written. */
  public void lose(int index) {
    dispatched = Math.max(dispatched, index + 1);
    running.remove(index);
  }

  /** Ends the batch; with a report unless it was terminated. */
  public void end(BatchEnd how) {
    end = how;
    if (how.kind() != BatchEnd.Kind.TERMINATED) {
      store.putNamed(ArtifactPaths.batch(ID), ArtifactJson.pretty(report()));
    }
  }

  public BatchResult report() {
    List<BatchRow> all = new ArrayList<>(ended);
    for (TargetRow row : rows) {
      if (all.stream().noneMatch(one -> one.index() == row.index())) {
        all.add(BatchAssembly.notStarted(row));
      }
    }
    all.sort(java.util.Comparator.comparingInt(BatchRow::index));
    return BatchResult.of(
        new BatchResult.Head(
            ID,
            dev.repofleet.artifacts.result.BatchStatus.COMPLETE,
            null,
            "security",
            new AgentInfo("rehearsal", "1", null),
            TestProgram.NOW,
            TestProgram.NOW.plusSeconds(83)),
        all);
  }

  private void requireServer() {
    if (serverAway) {
      throw new TemporalAwayException("Temporal at here does not answer (UNAVAILABLE)", null);
    }
  }

  @Override
  public Optional<BatchEnd> end() {
    requireServer();
    return Optional.ofNullable(end);
  }

  @Override
  public Optional<Instant> runStartedAt() {
    requireServer();
    return Optional.of(runStartedAt);
  }

  @Override
  public Optional<BatchProgress> progress() {
    requireServer();
    List<RunningRepository> now =
        running.keySet().stream()
            .map(index -> new RunningRepository(index, rows.get(index).key()))
            .toList();
    return workerAway
        ? Optional.empty()
        : Optional.of(
            new BatchProgress(
                BatchStatus.RUNNING,
                0,
                rows.size(),
                dispatched,
                now,
                BatchTally.NONE,
                held,
                new BatchControl(
                    false, new BatchSettings(4, null), 0, List.of(), notStarted, null)));
  }

  @Override
  public Optional<RepositoryProgress> repository(String key) {
    questions++;
    if (workerAway) {
      return Optional.empty();
    }
    return rows.stream()
        .filter(row -> row.key().equals(key))
        .findFirst()
        .map(row -> running.get(row.index()));
  }

  @Override
  public Optional<RunSeen.Numbers> run(String key) {
    return Optional.of(new RunSeen.Numbers(7, 0.03));
  }

  @Override
  public Optional<FailedAttempts> failedAttempts(String key) {
    return Optional.ofNullable(failed);
  }

  @Override
  public boolean reviewRuns(String key) {
    requireServer();
    return rows.stream().anyMatch(row -> row.key().equals(key) && running.containsKey(row.index()));
  }

  @Override
  public Optional<String> unattendedTaskQueue() {
    return workerAway ? Optional.of(taskQueue) : Optional.empty();
  }
}
