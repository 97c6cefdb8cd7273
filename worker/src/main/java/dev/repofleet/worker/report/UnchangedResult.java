package dev.repofleet.worker.report;

import dev.repofleet.artifacts.ArtifactCorruptException;
import dev.repofleet.artifacts.ArtifactNotFoundException;
import dev.repofleet.artifacts.ArtifactPaths;
import dev.repofleet.artifacts.ArtifactRef;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.ArtifactUri;
import dev.repofleet.artifacts.result.CacheInfo;
import dev.repofleet.artifacts.result.RepositoryInfo;
import dev.repofleet.artifacts.result.RepositoryResult;
import dev.repofleet.artifacts.result.ReviewArtifacts;
import dev.repofleet.worker.cache.EarlierResults;
import dev.repofleet.worker.review.ReviewDocument;
import dev.repofleet.workflows.activities.git.EarlierResult;
import dev.repofleet.workflows.activities.report.RepositoryReport;
import dev.repofleet.workflows.order.ReviewInput;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The result of a repository that was not reviewed because an earlier result holds. What was found
 * then is found now; what it cost then was paid then. Its files are that result's under names of
 * its own, so that it stays whole when the earlier batch is deleted or gone on with.
 */
final class UnchangedResult {
  private final ArtifactStore store;
  private final NamedFiles named;
  private final EarlierResults results;

  UnchangedResult(NamedFiles named) {
    this.store = named.store();
    this.named = named;
    this.results = new EarlierResults(store);
  }

  RepositoryResult of(
      RepositoryReport report,
      EarlierResult earlier,
      RepositoryInfo repository,
      Map<String, Duration> durations) {
    ReviewInput review = report.review();
    RepositoryResult original = results.read(earlier);
    carryAnswer(review, earlier);
    return RepositoryResult.builder(
            review.batch(),
            review.index(),
            review.target().name(),
            review.key(),
            repository,
            Conversions.status(report.status()))
        .generation(review.generation())
        .message("unchanged since batch " + earlier.batch() + ": nothing was run")
        .attempts(report.sandboxes())
        .agent(original.agent())
        .coverage(original.coverage())
        .cache(cache(report, earlier, original))
        .startedAt(Instant.ofEpochMilli(report.startedAt()))
        .endedAt(Instant.ofEpochMilli(report.endedAt()))
        .durations(durations)
        .agentSettings(original.agentSettings())
        .treeHash(original.treeHash())
        .notCarried(original.notCarried())
        .files(files(review, original.files()))
        .summary(original.summary())
        .findings(original.findings())
        .incremental(original.incremental())
        .verify(original.verify())
        .build();
  }

  /** Of a plan with a schema of its own. */
  private void carryAnswer(ReviewInput review, EarlierResult earlier) {
    store
        .readIfPresent(
            ArtifactUri.of(RepositoryReportWriter.answer(earlier.batch(), earlier.key())),
            ReviewDocument.MAX_BYTES)
        .ifPresent(
            answer ->
                named.put(RepositoryReportWriter.answer(review.batch(), review.key()), answer));
  }

  private static CacheInfo cache(
      RepositoryReport report, EarlierResult earlier, RepositoryResult original) {
    String key = Objects.requireNonNull(report.resolved(), "resolved").cacheKey();
    return CacheInfo.hit(
        Objects.requireNonNull(key, "cacheKey"),
        new CacheInfo.Original(earlier.batch(), earlier.key(), original.endedAt()));
  }

  private ReviewArtifacts files(ReviewInput review, ReviewArtifacts original) {
    String batch = review.batch();
    String key = review.key();
    return new ReviewArtifacts(
        null,
        named(original.patch(), ArtifactPaths.patch(batch, key)),
        named(original.sarif(), ArtifactPaths.sarif(batch, key)),
        named(original.transcript(), ArtifactPaths.transcript(batch, key)),
        named(original.events(), ArtifactPaths.events(batch, key)),
        named(original.log(), ArtifactPaths.log(batch, key)));
  }

  /** Absent also when it was deleted, or replaced, since the result was looked up. */
  private @Nullable ArtifactRef named(@Nullable ArtifactRef file, String path) {
    if (file == null) {
      return null;
    }
    try {
      return named.name(file, path);
    } catch (ArtifactNotFoundException | ArtifactCorruptException e) {
      // Written by an earlier attempt, perhaps.
      return store.exists(ArtifactUri.of(path))
          ? new ArtifactRef(ArtifactUri.of(path), file.sha256(), file.size())
          : null;
    }
  }
}
