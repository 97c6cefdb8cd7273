package dev.repofleet.worker.checkpoint;

import dev.repofleet.artifacts.ArtifactRef;

/**
 * A session's transcript, gzipped, in the store.
 *
 * @param file ends with a whole line
 * @param before bytes it had before the turn
 */
public record SavedTranscript(ArtifactRef file, long before) {
  /** The longest in bytes. Far above any session seen; a sparse file of terabytes is a trap. */
  public static final long MAX_LENGTH = 512L << 20;
}
