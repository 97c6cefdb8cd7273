package dev.repofleet.worker.cache;

import dev.repofleet.artifacts.ArtifactCorruptException;
import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.ArtifactNotFoundException;
import dev.repofleet.artifacts.ArtifactPaths;
import dev.repofleet.artifacts.ArtifactRef;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.ArtifactUri;
import dev.repofleet.artifacts.result.CacheInfo;
import dev.repofleet.artifacts.result.CachedResult;
import dev.repofleet.artifacts.result.RepositoryResult;
import dev.repofleet.artifacts.result.RepositoryStatus;
import dev.repofleet.worker.activity.FindingCounts;
import dev.repofleet.workflows.activities.git.EarlierResult;
import dev.repofleet.workflows.activities.git.Incremental;
import dev.repofleet.workflows.activities.git.Incremental.Fallback;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
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
    byte[] json = store.read(entry.review(), RepositoryResult.MAX_BYTES);
    RepositoryResult result = ArtifactJson.read(json, RepositoryResult.class, entry.review().uri());
    if (result.status() != RepositoryStatus.COMPLETE || result.rehearsal()) {
      return Optional.empty();
    }
    return Optional.of(
        new EarlierResult(
            entry.batch(),
            entry.repository(),
            store.put(json).uri(),
            FindingCounts.of(result.findings())));
  }

  /**
   * Where to go on from: the last complete result of any commit.
   *
   * @param batch and {@code key} of the review that asks, which is no base of its own
   * @throws dev.repofleet.artifacts.ArtifactException when the store fails
   */
  Incremental last(String latestKey, String batch, String key) {
    String uri = ArtifactUri.of(ArtifactPaths.latest(latestKey));
    try {
      return store
          .readIfPresent(uri, MAX_ENTRY)
          .map(json -> ArtifactJson.read(json, CachedResult.class, uri))
          .filter(entry -> entry.key().equals(latestKey))
          .filter(entry -> !(entry.batch().equals(batch) && entry.repository().equals(key)))
          .map(this::since)
          .orElse(Incremental.everything(Fallback.NO_EARLIER_RESULT));
    } catch (ArtifactNotFoundException | ArtifactCorruptException | IllegalArgumentException e) {
      log.info("There is no earlier result to go on from: {}", e.getMessage());
      return Incremental.everything(Fallback.EARLIER_RESULT_GONE);
    }
  }

  /** A base that was pinned before, as far as its result is still there. */
  Incremental still(Incremental pinned) {
    try {
      return pinned.batch() == null || pinned.key() == null
          ? Incremental.everything(Fallback.NO_EARLIER_RESULT)
          : since(review(pinned.batch(), pinned.key()), pinned.base());
    } catch (ArtifactNotFoundException | ArtifactCorruptException | IllegalArgumentException e) {
      return Incremental.everything(Fallback.EARLIER_RESULT_GONE);
    }
  }

  /** A batch's id may have been used again since, for another plan. */
  private Incremental since(CachedResult entry) {
    RepositoryResult result = review(entry.batch(), entry.repository());
    CacheInfo cache = result.cache();
    return cache != null && cache.key().equals(entry.cacheKey())
        ? since(result, entry.commit())
        : Incremental.everything(Fallback.EARLIER_RESULT_GONE);
  }

  /** By what its {@code review.json} says now: a person's follow-up leaves it a review. */
  private Incremental since(RepositoryResult result, @Nullable String commit) {
    boolean holds =
        result.status() == RepositoryStatus.COMPLETE
            && !result.rehearsal()
            && !store.exists(ArtifactUri.of(ArtifactPaths.deleting(result.batch())));
    return commit != null && commit.equals(result.repository().commit()) && holds
        ? Incremental.since(commit, result.batch(), result.key())
        : Incremental.everything(Fallback.EARLIER_RESULT_GONE);
  }

  private RepositoryResult review(String batch, String key) {
    return ArtifactJson.read(
        store,
        ArtifactUri.of(ArtifactPaths.review(batch, key)),
        RepositoryResult.class,
        RepositoryResult.MAX_BYTES);
  }

  /** The result of an {@link EarlierResult}. */
  public RepositoryResult read(EarlierResult earlier) {
    return ArtifactJson.read(
        store, earlier.reviewUri(), RepositoryResult.class, RepositoryResult.MAX_BYTES);
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

  /**
   * Keeps a complete result that was just written as the one to go on from, unless there is one of
   * a review that began later.
   *
   * @param written its {@code review.json}
   */
  public void keepLatest(String latestKey, RepositoryResult result, ArtifactRef written) {
    if (entry(latestKey).filter(kept -> kept.isNewerThan(result)).isEmpty()) {
      store.putNamed(
          ArtifactPaths.latest(latestKey),
          ArtifactJson.pretty(CachedResult.of(latestKey, result, written)));
    }
  }

  /** One that is damaged is none: it is replaced. */
  private Optional<CachedResult> entry(String latestKey) {
    String uri = ArtifactUri.of(ArtifactPaths.latest(latestKey));
    try {
      return store
          .readIfPresent(uri, MAX_ENTRY)
          .map(json -> ArtifactJson.read(json, CachedResult.class, uri))
          .filter(kept -> kept.key().equals(latestKey));
    } catch (ArtifactCorruptException | IllegalArgumentException e) {
      log.info("An earlier result is replaced: {}", e.getMessage());
      return Optional.empty();
    }
  }
}
