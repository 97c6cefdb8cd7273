package dev.repofleet.e2b;

/**
 * The sandbox answered that the file, directory or process does not exist, or the API that the
 * template does not. A sandbox that is gone is never this: see {@link SandboxNotFoundException}.
 */
public final class NotFoundException extends E2bStatusException {
  /** Something inside a sandbox, or a template, is missing. */
  public NotFoundException(Answer answer) {
    super(answer);
  }
}
