package dev.repofleet.worker.git;

import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.workflows.activities.git.Incremental;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Which files an incremental review is about, as the list lies in the artifact store.
 *
 * @param paths from the root, of changed, added and deleted files; a renamed one is both
 */
public record ChangedPaths(List<String> paths) {
  private static final int MAX_BYTES = 4 << 20;

  /** A document of another version may lack the list. */
  public ChangedPaths {
    paths = paths == null ? List.of() : List.copyOf(paths);
  }

  /**
   * Those of a review of changes alone; empty where everything was reviewed, or nobody kept them.
   *
   * @throws dev.repofleet.artifacts.ArtifactException when the store can't give them
   */
  public static Optional<Set<String>> read(ArtifactStore store, Incremental incremental) {
    String uri = incremental.fallback() == null ? incremental.changedUri() : null;
    return uri == null
        ? Optional.empty()
        : Optional.of(
            new HashSet<>(ArtifactJson.read(store, uri, ChangedPaths.class, MAX_BYTES).paths()));
  }
}
