package dev.repofleet.starter.review;

import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.ArtifactNotFoundException;
import dev.repofleet.artifacts.ArtifactPaths;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.ArtifactStores;
import dev.repofleet.artifacts.ArtifactUri;
import dev.repofleet.artifacts.BatchResult;
import dev.repofleet.artifacts.DataFolders;
import dev.repofleet.artifacts.ManifestReader;
import dev.repofleet.artifacts.ManifestRows;
import dev.repofleet.artifacts.Plan;
import dev.repofleet.artifacts.RepositoryResult;
import dev.repofleet.artifacts.TargetRow;
import dev.repofleet.starter.CommandContext;
import dev.repofleet.starter.CommandException;
import dev.repofleet.workflows.activities.BatchReport;
import dev.repofleet.workflows.activities.RepositoryReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the artifact store holds about one batch. Thread-safe; reads anew at each call. */
public final class BatchRecords {
  private static final long MAX_REVIEW = 64L << 20;
  private static final long MAX_PLAN = 16L << 20;
  private static final long MAX_STATE = 4L << 20;
  private static final long MAX_BATCH = 512L << 20;

  private final ArtifactStore store;
  private final String batch;

  /** The records of a batch in a store. */
  public BatchRecords(ArtifactStore store, String batch) {
    this.store = store;
    this.batch = batch;
  }

  /**
   * The records of a batch in the store that this world's environment names.
   *
   * @throws CommandException with exit code 2 when that can't be a store
   */
  public static BatchRecords open(CommandContext context, String batch) {
    return new BatchRecords(store(context), batch);
  }

  /**
   * The store that this world's environment names.
   *
   * @throws CommandException with exit code 2 when that can't be a store
   */
  public static ArtifactStore store(CommandContext context) {
    try {
      return ArtifactStores.open(DataFolders.of(context.environment(), context.home()).artifacts());
    } catch (IllegalArgumentException e) {
      throw CommandException.wrongUse(String.valueOf(e.getMessage()));
    }
  }

  /** The batch's id. */
  public String batch() {
    return batch;
  }

  /** Where they are. */
  public ArtifactStore store() {
    return store;
  }

  /**
   * Its targets in their order, read by page when they are asked for, by one thread; none when this
   * store does not know the batch.
   */
  public List<TargetRow> targets() {
    try {
      List<ManifestReader> manifests = new ArrayList<>();
      manifests.add(ManifestReader.unchecked(store, ArtifactUri.of(ArtifactPaths.manifest(batch))));
      for (String added : store.list(ArtifactPaths.addedManifests(batch))) {
        manifests.add(ManifestReader.unchecked(store, added));
      }
      return new ManifestRows(manifests);
    } catch (ArtifactNotFoundException e) {
      return List.of();
    }
  }

  /**
   * Its plan.
   *
   * @throws dev.repofleet.artifacts.ArtifactException when the store lacks it
   */
  public Plan plan() {
    return ArtifactJson.read(
        store, ArtifactUri.of(ArtifactPaths.plan(batch)), Plan.class, MAX_PLAN);
  }

  /** The result of a repository; empty when it has none yet. */
  public Optional<RepositoryResult> result(String key) {
    String uri = ArtifactUri.of(ArtifactPaths.review(batch, key));
    return store
        .readIfPresent(uri, MAX_REVIEW)
        .map(json -> ArtifactJson.read(json, RepositoryResult.class, uri));
  }

  /** What a repository's review knew at its latest end; empty when it left nothing. */
  Optional<RepositoryReport> state(String key) {
    String uri = ArtifactUri.of(ArtifactPaths.state(batch, key));
    return store
        .readIfPresent(uri, MAX_STATE)
        .map(json -> ArtifactJson.read(json, RepositoryReport.class, uri));
  }

  /** What the batch knew at its latest end; empty when it left nothing. */
  public Optional<BatchReport> batchState() {
    String uri = ArtifactUri.of(ArtifactPaths.batchState(batch));
    return store
        .readIfPresent(uri, MAX_BATCH)
        .map(json -> ArtifactJson.read(json, BatchReport.class, uri));
  }

  /** The result of the batch; empty when it has none yet. */
  public Optional<BatchResult> batchResult() {
    String uri = ArtifactUri.of(ArtifactPaths.batch(batch));
    return store
        .readIfPresent(uri, MAX_BATCH)
        .map(json -> ArtifactJson.read(json, BatchResult.class, uri));
  }
}
