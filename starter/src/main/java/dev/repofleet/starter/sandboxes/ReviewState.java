package dev.repofleet.starter.sandboxes;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the Temporal server said about the review of a sandbox, asked after the sandbox was listed.
 *
 * @param own the run that asked for the sandbox
 * @param latest the latest run of the same workflow: after a Reset, or in a follow-up, another one
 * @param batch the workflow of the batch
 * @param silence why the server said nothing; then the rest means nothing
 */
record ReviewState(Run own, Run latest, Run batch, @Nullable String silence) {
  ReviewState {
    Objects.requireNonNull(own, "own");
    Objects.requireNonNull(latest, "latest");
    Objects.requireNonNull(batch, "batch");
  }

  /** How a run stands. */
  enum Run {
    /** It runs, or is in a state this program does not know. */
    OPEN,
    /** It has ended, however. */
    CLOSED,
    /** The server has no such run in this namespace: never had, or forgot it. */
    NOT_KNOWN
  }

  /** The server did not answer. */
  static ReviewState silent(String why) {
    return new ReviewState(Run.NOT_KNOWN, Run.NOT_KNOWN, Run.NOT_KNOWN, why);
  }
}
