package dev.repofleet.starter.sandboxes;

import dev.repofleet.workflows.client.ReviewRuns.State;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the Temporal server said about the review of a sandbox, asked after the sandbox was listed.
 *
 * @param own the run that asked for the sandbox
 * @param latest the latest run of the same workflow: after a Reset, or in a follow-up, another one
 * @param batch the workflow of the batch
 * @param namespaceId of the namespace that was asked; absent when it is not known
 * @param silence why the server said nothing; then the rest means nothing
 */
record ReviewState(
    State own, State latest, State batch, @Nullable String namespaceId, @Nullable String silence) {
  ReviewState {
    Objects.requireNonNull(own, "own");
    Objects.requireNonNull(latest, "latest");
    Objects.requireNonNull(batch, "batch");
  }

  /** The server did not answer. */
  static ReviewState silent(String why) {
    return new ReviewState(State.NOT_KNOWN, State.NOT_KNOWN, State.NOT_KNOWN, null, why);
  }
}
