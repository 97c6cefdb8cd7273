package dev.repofleet.e2b;

/**
 * The API key, the sandbox's access token or the Linux user was refused (401 or 403). Repeating
 * does not help.
 */
public final class AuthenticationException extends E2bStatusException {
  /** A refusal by the control plane or by the sandbox. */
  public AuthenticationException(Answer answer) {
    super(answer);
  }

  AuthenticationException(Answer answer, String advice) {
    super(answer, advice);
  }
}
