package dev.repofleet.artifacts;

import org.jspecify.annotations.Nullable;

/**
 * What the store holds is not what was written: empty, cut short or changed.
 *
 * <p>Reading again does not help; the artifact must be written again.
 */
public final class ArtifactCorruptException extends ArtifactException {
  private static final long serialVersionUID = 1L;

  /** For content that differs from its hash or size. */
  public ArtifactCorruptException(String message) {
    super(message);
  }

  /** For content that can't be decoded. */
  public ArtifactCorruptException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
