package dev.repofleet.artifacts.result;

import dev.repofleet.artifacts.Parts;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One turn of a review's session: the review itself, a repair, a follow-up, or the verification of
 * findings.
 *
 * @param turn its number, from 0
 * @param purpose why it was run
 * @param status complete, partial or failed
 * @param cause of anything but complete
 * @param incarnations processes that were started for it: above 1, a model call may be counted
 *     twice
 * @param agentTurns as the agent counts them
 * @param usage of all its processes
 * @param duration that the agent took
 * @param summary the agent's closing words, shortened
 */
public record TurnResult(
    int turn,
    TurnPurpose purpose,
    RepositoryStatus status,
    @Nullable String cause,
    int incarnations,
    int agentTurns,
    Usage usage,
    @Nullable Duration duration,
    @Nullable String summary) {
  /** Refuses absent purpose or status and negative counts. */
  public TurnResult {
    Parts.notNegative(turn, "turn");
    Parts.notNegative(incarnations, "incarnations of turn " + turn);
    Parts.notNegative(agentTurns, "agentTurns of turn " + turn);
    Objects.requireNonNull(purpose, "purpose of turn " + turn + " is missing");
    Objects.requireNonNull(status, "status of turn " + turn + " is missing");
    usage = usage == null ? Usage.NONE : usage;
  }
}
