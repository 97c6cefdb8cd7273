package dev.repofleet.worker.checkpoint;

import dev.repofleet.artifacts.ArtifactRef;

/**
 * A session's transcript, gzipped, that was brought into the store when its agent had ended.
 *
 * @param file ends with a whole line
 * @param before bytes it had before the turn
 */
public record SavedTranscript(ArtifactRef file, long before) {}
