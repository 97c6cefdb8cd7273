package dev.repofleet.starter.batch;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.repofleet.artifacts.ArtifactCorruptException;
import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.ArtifactNotFoundException;
import dev.repofleet.artifacts.ArtifactPaths;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.ArtifactUri;
import dev.repofleet.artifacts.plan.Plan;
import dev.repofleet.artifacts.result.BatchResult;
import dev.repofleet.artifacts.result.RepositoryResult;
import dev.repofleet.artifacts.result.RepositoryStatus;
import dev.repofleet.artifacts.target.ManifestReader;
import dev.repofleet.artifacts.target.ManifestRows;
import dev.repofleet.artifacts.target.TargetRow;
import dev.repofleet.starter.command.CommandContext;
import dev.repofleet.starter.command.CommandException;
import dev.repofleet.starter.command.ConfiguredStore;
import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.activities.report.BatchReport;
import dev.repofleet.workflows.activities.report.RepositoryReport;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the artifact store holds about one batch. Thread-safe; reads anew at each call. */
public final class BatchRecords {
  /** Reads a part of a file as well. */
  private static final ObjectMapper MAPPER =
      ArtifactJson.newMapper().disable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private static final TypeReference<Map<RepositoryStatus, Integer>> TOTALS =
      new TypeReference<>() {};

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
   * @throws CommandException as {@link ConfiguredStore#at}
   */
  public static BatchRecords open(CommandContext context, String batch) {
    return new BatchRecords(ConfiguredStore.of(context), batch);
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
   * Checks that nobody has begun to delete the batch.
   *
   * @throws CommandException with exit code 2 when somebody has
   */
  public void requireKept() {
    if (store.exists(ArtifactUri.of(ArtifactPaths.deleting(batch)))) {
      throw CommandException.wrongUse(
          "batch " + batch + " is being deleted: `repofleet delete " + batch + "` ends that");
    }
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
        store, ArtifactUri.of(ArtifactPaths.plan(batch)), Plan.class, Plan.MAX_BYTES);
  }

  /** The result of a repository; empty when it has none yet. */
  public Optional<RepositoryResult> result(String key) {
    String uri = ArtifactUri.of(ArtifactPaths.review(batch, key));
    return store
        .readIfPresent(uri, RepositoryResult.MAX_BYTES)
        .map(json -> ArtifactJson.read(json, RepositoryResult.class, uri));
  }

  /** Whose workers reviewed a repository; nothing where its state is gone. */
  public Optional<Fleet> fleet(String key) {
    return state(key).map(state -> new Fleet(state.review().fleet()));
  }

  /** What a repository's review knew at its latest end; empty when it left nothing. */
  public Optional<RepositoryReport> state(String key) {
    String uri = ArtifactUri.of(ArtifactPaths.state(batch, key));
    return store
        .readIfPresent(uri, RepositoryReport.MAX_BYTES)
        .map(json -> ArtifactJson.read(json, RepositoryReport.class, uri));
  }

  /** What the batch knew at its latest end; empty when it left nothing. */
  public Optional<BatchReport> batchState() {
    String uri = ArtifactUri.of(ArtifactPaths.batchState(batch));
    return store
        .readIfPresent(uri, BatchResult.MAX_BYTES)
        .map(json -> ArtifactJson.read(json, BatchReport.class, uri));
  }

  /**
   * How many of its repositories ended how; empty where it has no result, or one that does not say.
   * Only the result's beginning is read, however many rows it has.
   *
   * @throws ArtifactCorruptException when that is no JSON
   */
  public Optional<Map<RepositoryStatus, Integer>> totals() {
    String uri = ArtifactUri.of(ArtifactPaths.batch(batch));
    try (InputStream in = store.open(uri);
        JsonParser json = MAPPER.createParser(in)) {
      json.nextToken();
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        boolean found = json.currentName().equals("totals");
        json.nextToken();
        if (found) {
          return Optional.of(json.readValueAs(TOTALS));
        }
        json.skipChildren();
      }
      return Optional.empty();
    } catch (ArtifactNotFoundException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new ArtifactCorruptException("cannot read " + uri + ": " + e.getMessage(), e);
    }
  }

  /** The result of the batch; empty when it has none yet. */
  public Optional<BatchResult> batchResult() {
    String uri = ArtifactUri.of(ArtifactPaths.batch(batch));
    return store
        .readIfPresent(uri, BatchResult.MAX_BYTES)
        .map(json -> ArtifactJson.read(json, BatchResult.class, uri));
  }
}
