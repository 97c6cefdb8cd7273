package dev.repofleet.artifacts.result;

import org.jspecify.annotations.Nullable;

/**
 * What an incremental review was about.
 *
 * @param base commit of the earlier complete result with which the reviewed one was compared;
 *     absent where there was none to compare with
 * @param batch in which that result was made; there exactly with {@code base}
 * @param filesChanged between the two commits, below the subpath if there is one and without
 *     ignored files; absent where they were not compared
 * @param fallback why all was reviewed all the same, as a word; absent where only the changes were
 * @param message the same in a sentence
 */
public record IncrementalInfo(
    @Nullable String base,
    @Nullable String batch,
    @Nullable Integer filesChanged,
    @Nullable String fallback,
    @Nullable String message) {
  /** Refuses one that says neither what was compared nor why nothing was. */
  public IncrementalInfo {
    if (fallback == null && (base == null || batch == null || filesChanged == null)) {
      throw new IllegalArgumentException("incremental: neither a comparison nor a fallback");
    }
    if ((base == null) != (batch == null)) {
      throw new IllegalArgumentException("incremental: a base without its batch, or a batch alone");
    }
  }

  /** Whether the changes alone were reviewed. */
  public boolean changesAlone() {
    return fallback == null;
  }
}
