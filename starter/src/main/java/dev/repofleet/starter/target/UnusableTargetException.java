package dev.repofleet.starter.target;

import dev.repofleet.workflows.Cause;

/**
 * A path target's repository is there, but not what was asked of it. Unlike {@link TargetException}
 * it is the business of that target alone, and the other ones go on.
 */
final class UnusableTargetException extends Exception {
  private static final long serialVersionUID = 1L;

  private final Cause cause;
  private final String problem;

  UnusableTargetException(Cause cause, String problem) {
    super(problem);
    this.cause = cause;
    this.problem = problem;
  }

  Unusable unusable() {
    return new Unusable(cause, problem);
  }
}
