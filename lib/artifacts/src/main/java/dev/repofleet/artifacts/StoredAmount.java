package dev.repofleet.artifacts;

/**
 * So much of a store.
 *
 * @param files named artifacts or objects
 * @param bytes of them
 */
public record StoredAmount(long files, long bytes) {
  /** Nothing. */
  public static final StoredAmount NONE = new StoredAmount(0, 0);

  /** With one artifact more. */
  public StoredAmount plus(StoredArtifact artifact) {
    return new StoredAmount(files + 1, bytes + artifact.size());
  }
}
