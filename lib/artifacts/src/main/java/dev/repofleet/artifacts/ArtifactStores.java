package dev.repofleet.artifacts;

import java.nio.file.Path;

/** Opens an artifact store by its location, as given in {@code REPOFLEET_ARTIFACTS}. */
public final class ArtifactStores {
  private ArtifactStores() {}

  /**
   * Opens the store, and creates it when it is not there yet.
   *
   * @param location a folder's path, absolute or relative to the working directory
   * @throws IllegalArgumentException for a kind of store that is not supported
   * @throws ArtifactException when the folder can't be created or read
   */
  public static ArtifactStore open(String location) {
    Parts.text(location, "the artifact store's location");
    if (location.startsWith("s3://")) {
      throw new IllegalArgumentException(
          "an artifact store in S3 is not supported yet: "
              + location
              + "; set REPOFLEET_ARTIFACTS to a folder that all workers share");
    }
    if (location.contains("://")) {
      throw new IllegalArgumentException(
          "not an artifact store: " + location + "; REPOFLEET_ARTIFACTS takes a folder");
    }
    return FolderArtifactStore.open(Path.of(location));
  }
}
