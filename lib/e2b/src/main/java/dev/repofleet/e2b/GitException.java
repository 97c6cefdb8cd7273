package dev.repofleet.e2b;

import java.util.Locale;

/**
 * Git ran in a sandbox and refused. The message holds what it said, on one line, with the secrets
 * of the call hidden.
 */
public final class GitException extends E2bException {
  private static final int MAX_SAID = 2000;

  /** Why, as far as Git's words tell. */
  public enum Reason {
    /** The host wants other credentials, or some at all; or the key may not do this. */
    AUTHENTICATION,
    /** The host has no such repository, or hides it from who may not see it. */
    REPOSITORY_NOT_FOUND,
    /** There is no such branch, tag or commit. */
    NO_SUCH_REFERENCE,
    /** What is there and what comes do not go together: merge conflicts, a push that is behind. */
    CONFLICT,
    /** A commit without changes. */
    NOTHING_TO_COMMIT,
    /** The host can't be reached. */
    UNREACHABLE,
    /** It took longer than allowed, and was ended with all its children. */
    TIMED_OUT,
    /** Anything else; Git is not installed, the directory is no repository, the disk is full. */
    OTHER
  }

  private final Reason reason;
  private final int exitCode;

  GitException(String operation, CommandExit exit, Reason reason, String said) {
    super(
        "cannot %s: %s%s"
            .formatted(
                operation,
                reason == Reason.TIMED_OUT ? "it took too long" : exit.describe(),
                said.isBlank() ? "" : ": " + ErrorBody.line(said, MAX_SAID)),
        null);
    this.reason = reason;
    this.exitCode = exit.exitCode();
  }

  /** Why, as far as Git's words tell. */
  public Reason reason() {
    return reason;
  }

  /** Git's exit code; -1 if a signal ended it. */
  public int exitCode() {
    return exitCode;
  }

  static Reason reason(String said) {
    String words = said.toLowerCase(Locale.ROOT);
    if (has(words, "authentication failed", "could not read username", "could not read password")
        || has(words, "terminal prompts disabled", "invalid username", "access denied")
        || has(words, "permission denied (", "returned error: 401", "returned error: 403")) {
      return Reason.AUTHENTICATION;
    }
    if (has(words, "repository not found", "does not appear to be a git repository")
        || (words.contains("repository '") && words.contains("not found"))) {
      return Reason.REPOSITORY_NOT_FOUND;
    }
    if (has(words, "could not resolve host", "failed to connect", "connection timed out")
        || has(words, "couldn't connect", "connection refused")) {
      return Reason.UNREACHABLE;
    }
    if (has(words, "remote branch", "pathspec", "couldn't find remote ref", "unknown revision")
        || has(words, "src refspec", "invalid reference", "not a commit")) {
      return Reason.NO_SUCH_REFERENCE;
    }
    if (has(words, "conflict", "[rejected]", "would be overwritten", "not possible to fast")) {
      return Reason.CONFLICT;
    }
    return has(words, "nothing to commit", "nothing added to commit", "no changes added")
        ? Reason.NOTHING_TO_COMMIT
        : Reason.OTHER;
  }

  private static boolean has(String words, String... phrases) {
    for (String phrase : phrases) {
      if (words.contains(phrase)) {
        return true;
      }
    }
    return false;
  }
}
