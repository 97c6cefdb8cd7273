package dev.repofleet.workflows.activities.agent;

import dev.repofleet.workflows.Payload;
import org.jspecify.annotations.Nullable;

/**
 * What a turn finds in a sandbox that was rebuilt from a checkpoint.
 *
 * @param incarnation number of the first process that may run here for this turn; the ones below it
 *     went down with another sandbox
 * @param endedThrough the last turn whose end the sandbox holds: its stored result, and that of
 *     every turn before it, is good here; absent when it holds none
 * @param transcriptBefore bytes the session's transcript had before this turn's first process, when
 *     the turn was cut short with the old sandbox; absent when the turn has not begun
 * @param firstHere whether nothing of the review's own session has run in this sandbox yet, so that
 *     the agent is told what did not come back
 */
@Payload
public record TurnBasis(
    int incarnation,
    @Nullable Integer endedThrough,
    @Nullable Long transcriptBefore,
    boolean firstHere) {
  public TurnBasis {
    if (incarnation < 0 || (transcriptBefore != null && transcriptBefore < 0)) {
      throw new IllegalArgumentException("a turn's basis counts from 0");
    }
  }
}
