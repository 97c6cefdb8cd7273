package dev.repofleet.worker.report;

import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.ArtifactPaths;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.ArtifactUri;
import dev.repofleet.artifacts.result.RepositoryResult;
import java.util.Optional;

/** Reads repositories' results back. Immutable, thread-safe. */
final class RepositoryResults {
  private final ArtifactStore store;

  RepositoryResults(ArtifactStore store) {
    this.store = store;
  }

  /**
   * The result, empty when there is none.
   *
   * @throws dev.repofleet.artifacts.ArtifactCorruptException when it can't be read as one
   */
  Optional<RepositoryResult> find(String batch, String key) {
    String uri = ArtifactUri.of(ArtifactPaths.review(batch, key));
    return store
        .readIfPresent(uri, RepositoryResult.MAX_BYTES)
        .map(json -> ArtifactJson.read(json, RepositoryResult.class, uri));
  }
}
