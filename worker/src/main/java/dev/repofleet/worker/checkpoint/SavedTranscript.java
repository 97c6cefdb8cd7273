package dev.repofleet.worker.checkpoint;

import dev.repofleet.artifacts.ArtifactRef;

/**
 * A session's transcript, gzipped, in the store.
 *
 * @param file ends with a whole line
 * @param before bytes it had before the turn
 */
public record SavedTranscript(ArtifactRef file, long before) {}
