package dev.repofleet.artifacts;

import java.nio.file.Path;

/** Opens an artifact store by its location, as given in {@code REPOFLEET_ARTIFACTS}. */
public final class ArtifactStores {
  private ArtifactStores() {}

  /**
   * Opens the store, and creates it when it is not there yet; a bucket must be there.
   *
   * @param location a folder's path, absolute or relative to the working directory, or {@code
   *     s3://BUCKET/PREFIX}, whose credentials, region and endpoint are taken from this process's
   *     environment as AWS's own programs do
   * @throws IllegalArgumentException for a kind of store that is not supported
   * @throws ArtifactException when it can't be opened
   */
  public static ArtifactStore open(String location) {
    Parts.text(location, "the artifact store's location");
    if (location.startsWith("s3://")) {
      return S3Location.parse(location).open(System.getenv());
    }
    if (location.contains("://")) {
      throw new IllegalArgumentException(
          "not an artifact store: "
              + location
              + "; REPOFLEET_ARTIFACTS takes a folder or s3://BUCKET/PREFIX");
    }
    return FolderArtifactStore.open(Path.of(location));
  }
}
