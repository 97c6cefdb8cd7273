package dev.repofleet.starter.target;

import dev.repofleet.workflows.Cause;
import java.util.Objects;

/**
 * Why a path target has nothing to review, although its repository is there. Immutable.
 *
 * @param cause of the failed row that becomes of it
 * @param problem a sentence for people that names the target
 */
public record Unusable(Cause cause, String problem) {
  /** Refuses absent parts. */
  public Unusable {
    Objects.requireNonNull(cause, "cause");
    Objects.requireNonNull(problem, "problem");
  }
}
