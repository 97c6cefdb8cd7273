package dev.repofleet.artifacts;

/** An artifact is longer than the reader will take. */
public final class ArtifactTooLongException extends ArtifactException {
  private static final long serialVersionUID = 1L;

  /** Says which, and how long it may be. */
  public ArtifactTooLongException(String message) {
    super(message);
  }
}
