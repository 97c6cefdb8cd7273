package dev.repofleet.artifacts.result;

import dev.repofleet.artifacts.ArtifactRef;
import dev.repofleet.artifacts.Parts;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where the result is that a review with the same key need not be run for again: {@code
 * cache/<key>.json}; and where the last one of any commit is: {@code latest/<key>.json}. A pointer,
 * which is worth nothing once {@code review.json} is gone or has changed.
 *
 * @param schemaVersion of this file, {@link #SCHEMA_VERSION}
 * @param key over everything that decides a result, in {@code latest} all but the commit
 * @param batch in which the review was run
 * @param repository its key in that batch
 * @param review its {@code review.json}, and what that must contain
 * @param commit that was reviewed
 * @param agent that did the work
 * @param at when the review ended
 * @param cacheKey of that result, with the commit: what it has for {@code cache.key}; absent only
 *     in entries of before it was kept
 * @param began when the review began, and so of when its commit is; absent only in entries of
 *     before it was kept
 */
public record CachedResult(
    int schemaVersion,
    String key,
    String batch,
    String repository,
    ArtifactRef review,
    @Nullable String commit,
    @Nullable AgentInfo agent,
    @Nullable Instant at,
    @Nullable String cacheKey,
    @Nullable Instant began) {
  /** The version that this program writes. */
  public static final int SCHEMA_VERSION = 1;

  /** Refuses another schema version, and an entry that names no result. */
  public CachedResult {
    Parts.schemaVersion(schemaVersion, SCHEMA_VERSION);
    Parts.text(key, "key");
    Parts.text(batch, "batch");
    Parts.text(repository, "repository");
    Objects.requireNonNull(review, "review is missing");
  }

  /** The entry of a result that was just written. */
  public static CachedResult of(String key, RepositoryResult result, ArtifactRef written) {
    return new CachedResult(
        SCHEMA_VERSION,
        key,
        result.batch(),
        result.key(),
        written,
        result.repository().commit(),
        result.agent(),
        result.endedAt(),
        result.cache() == null ? null : result.cache().key(),
        result.startedAt());
  }

  /** As {@link RepositoryResult#isNewerThan}, of the result it points to. */
  public boolean isNewerThan(RepositoryResult result) {
    return RepositoryResult.isNewer(began, at, result);
  }
}
