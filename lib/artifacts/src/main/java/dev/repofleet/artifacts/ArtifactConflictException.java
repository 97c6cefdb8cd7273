package dev.repofleet.artifacts;

/** A name that is written once already stands for other content; it was left as it is. */
public final class ArtifactConflictException extends ArtifactException {
  private static final long serialVersionUID = 1L;

  /** Names the URI that is taken. */
  public ArtifactConflictException(String message) {
    super(message);
  }
}
