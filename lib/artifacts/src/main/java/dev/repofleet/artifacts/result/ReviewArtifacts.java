package dev.repofleet.artifacts.result;

import dev.repofleet.artifacts.ArtifactRef;
import org.jspecify.annotations.Nullable;

/**
 * The artifacts of one repository's result; what was not written is absent.
 *
 * @param review the result itself; absent inside {@code review.json}, which can't hold its own hash
 * @param patch the changes the agent made
 * @param sarif the findings as SARIF
 * @param transcript the agent's own, gzipped
 * @param events the agent's raw stream, gzipped
 * @param log for people, gzipped
 */
public record ReviewArtifacts(
    @Nullable ArtifactRef review,
    @Nullable ArtifactRef patch,
    @Nullable ArtifactRef sarif,
    @Nullable ArtifactRef transcript,
    @Nullable ArtifactRef events,
    @Nullable ArtifactRef log) {
  /** Nothing was written. */
  public static final ReviewArtifacts NONE =
      new ReviewArtifacts(null, null, null, null, null, null);

  /** The same with the findings as SARIF. */
  public ReviewArtifacts withSarif(@Nullable ArtifactRef written) {
    return new ReviewArtifacts(review, patch, written, transcript, events, log);
  }

  /** The URIs alone. */
  public ReviewFiles uris() {
    return new ReviewFiles(
        uri(review), uri(patch), uri(sarif), uri(transcript), uri(events), uri(log));
  }

  private static @Nullable String uri(@Nullable ArtifactRef ref) {
    return ref == null ? null : ref.uri();
  }
}
