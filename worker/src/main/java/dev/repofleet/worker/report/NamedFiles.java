package dev.repofleet.worker.report;

import dev.repofleet.artifacts.ArtifactRef;
import dev.repofleet.artifacts.ArtifactStore;
import java.nio.file.Path;

/**
 * Gives the files of a review their names, each of them only while the attempt that writes it may
 * act: one that was given up must put nothing over what a later generation has written.
 *
 * @param mayName called before a name is given; what it throws goes on
 */
record NamedFiles(ArtifactStore store, Runnable mayName) {

  /** As {@link ArtifactStore#putNamed(String, byte[])}. */
  ArtifactRef put(String path, byte[] content) {
    mayName.run();
    return store.putNamed(path, content);
  }

  /** As {@link ArtifactStore#putNamed(String, Path)}. */
  ArtifactRef put(String path, Path content) {
    mayName.run();
    return store.putNamed(path, content);
  }

  /** As {@link ArtifactStore#name}. */
  ArtifactRef name(ArtifactRef object, String path) {
    mayName.run();
    return store.name(object, path);
  }
}
