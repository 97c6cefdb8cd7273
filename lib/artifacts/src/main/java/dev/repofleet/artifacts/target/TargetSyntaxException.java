package dev.repofleet.artifacts.target;

/** What a person typed is no target; the message is a sentence for that person. */
public final class TargetSyntaxException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  /** The message names the target without its secrets, what is wrong, and what to write. */
  public TargetSyntaxException(String message) {
    super(message);
  }
}
