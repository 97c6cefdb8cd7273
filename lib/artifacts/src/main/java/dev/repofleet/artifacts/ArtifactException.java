package dev.repofleet.artifacts;

import org.jspecify.annotations.Nullable;

/**
 * The artifact store could not do what was asked. The message names the artifact and the store.
 *
 * <p>After a failed write nothing is visible under the name, or what was there before; a failed
 * write may be repeated.
 */
public class ArtifactException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** For a failure with no exception below it. */
  public ArtifactException(String message) {
    super(message);
  }

  /** For a failure of the file system or of the JSON below it. */
  public ArtifactException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
