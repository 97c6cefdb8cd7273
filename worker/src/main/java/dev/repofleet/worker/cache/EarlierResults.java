package dev.repofleet.worker.cache;

import dev.repofleet.artifacts.ArtifactCorruptException;
import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.ArtifactNotFoundException;
import dev.repofleet.artifacts.ArtifactPaths;
import dev.repofleet.artifacts.ArtifactRef;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.ArtifactUri;
import dev.repofleet.artifacts.CachedResult;
import dev.repofleet.artifacts.RepositoryResult;
import dev.repofleet.artifacts.RepositoryStatus;
import dev.repofleet.workflows.SeverityCounts;
import dev.repofleet.workflows.activities.EarlierResult;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Complete results by what decided them. An entry is a pointer: it holds as long as the {@code
 * review.json} it names is there as it was, and is passed over, and in time replaced, when that was
 * deleted or has changed. Thread-safe.
 */
public final class EarlierResults {
  private static final Logger log = LoggerFactory.getLogger(EarlierResults.class);

  private static final long MAX_ENTRY = 1 << 20;
  private static final long MAX_REVIEW = 64L << 20;

  private final ArtifactStore store;

  /** Keeps and finds them in {@code store}. */
  public EarlierResults(ArtifactStore store) {
    this.store = store;
  }

  /**
   * The result that holds for this key, with a copy that stays.
   *
   * @throws dev.repofleet.artifacts.ArtifactException when the store fails: that there is none is
   *     not known then
   */
  Optional<EarlierResult> find(String key) {
    String uri = ArtifactUri.of(ArtifactPaths.cached(key));
    try {
      return store
          .readIfPresent(uri, MAX_ENTRY)
          .map(json -> ArtifactJson.read(json, CachedResult.class, uri))
          .filter(entry -> entry.key().equals(key))
          .flatMap(this::held);
    } catch (ArtifactNotFoundException | ArtifactCorruptException | IllegalArgumentException e) {
      log.info("An earlier result does not hold any more: {}", e.getMessage());
      return Optional.empty();
    }
  }

  private Optional<EarlierResult> held(CachedResult entry) {
    byte[] json = store.read(entry.review(), MAX_REVIEW);
    RepositoryResult result = ArtifactJson.read(json, RepositoryResult.class, entry.review().uri());
    if (result.status() != RepositoryStatus.COMPLETE || result.rehearsal()) {
      return Optional.empty();
    }
    return Optional.of(
        new EarlierResult(
            entry.batch(), entry.repository(), store.put(json).uri(), counts(result)));
  }

  private static SeverityCounts counts(RepositoryResult result) {
    var counts = dev.repofleet.artifacts.SeverityCounts.of(result.findings());
    return new SeverityCounts(
        counts.critical(), counts.high(), counts.medium(), counts.low(), counts.info());
  }

  /** The result of an {@link EarlierResult}. */
  public RepositoryResult read(EarlierResult earlier) {
    return ArtifactJson.read(store, earlier.reviewUri(), RepositoryResult.class, MAX_REVIEW);
  }

  /**
   * Keeps a complete result that was just written, in place of an earlier one with this key.
   *
   * @param written its {@code review.json}
   */
  public void keep(String key, RepositoryResult result, ArtifactRef written) {
    store.putNamed(
        ArtifactPaths.cached(key), ArtifactJson.pretty(CachedResult.of(key, result, written)));
  }
}
