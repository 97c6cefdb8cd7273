package dev.repofleet.workflows.activities.agent;

import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.Payload;
import dev.repofleet.workflows.UsageTotals;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How one turn ended.
 *
 * @param turn of it
 * @param prompt it was given
 * @param incarnation which process of the turn ended it, from 0
 * @param cause why it is not a full result; absent when it is
 * @param message of a bad ending, for people, at most 500 characters, without secrets
 * @param agentTurns the agent took, as it counts them
 * @param usage of all the turn's processes
 * @param milliseconds the agent took
 * @param model the agent named first; absent when it never began
 * @param answerUri of the structured answer; absent when there is none
 * @param textUri of the final text; absent when there is none
 * @param eventsUri of the decoded event stream, gzipped
 * @param transcriptUri of the session's transcript, gzipped; absent when there is none
 * @param logUri of what the agent wrote to its standard error, gzipped
 * @param promptEntered whether the session has the turn's prompt: what was cut short after that
 *     goes on without it
 * @param retryAfterSeconds the model's provider asked for, when it limits or is overloaded; absent
 *     when it named none
 * @param checkpointUri of the manifest that holds the turn's end; absent when there is none
 * @param resetAt with {@code model_rate_limited}: when a quota that is used up is filled again,
 *     milliseconds since the epoch; absent when it is no such quota
 */
@Payload
public record TurnOutcome(
    int turn,
    PromptKind prompt,
    int incarnation,
    @Nullable Cause cause,
    @Nullable String message,
    int agentTurns,
    UsageTotals usage,
    long milliseconds,
    @Nullable String model,
    @Nullable String answerUri,
    @Nullable String textUri,
    @Nullable String eventsUri,
    @Nullable String transcriptUri,
    @Nullable String logUri,
    boolean promptEntered,
    @Nullable Long retryAfterSeconds,
    @Nullable String checkpointUri,
    @Nullable Long resetAt) {
  public TurnOutcome {
    Objects.requireNonNull(prompt, "prompt");
    Objects.requireNonNull(usage, "usage");
  }

  /** The same outcome, with the checkpoint that holds the turn's end. */
  public TurnOutcome savedAs(String checkpoint) {
    return new TurnOutcome(
        turn,
        prompt,
        incarnation,
        cause,
        message,
        agentTurns,
        usage,
        milliseconds,
        model,
        answerUri,
        textUri,
        eventsUri,
        transcriptUri,
        logUri,
        promptEntered,
        retryAfterSeconds,
        checkpoint,
        resetAt);
  }
}
