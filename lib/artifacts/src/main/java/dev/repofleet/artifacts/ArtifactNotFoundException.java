package dev.repofleet.artifacts;

/** The store holds nothing under this URI. */
public final class ArtifactNotFoundException extends ArtifactException {
  private static final long serialVersionUID = 1L;

  /** Names the URI and the store in which it was looked for. */
  public ArtifactNotFoundException(String message) {
    super(message);
  }
}
