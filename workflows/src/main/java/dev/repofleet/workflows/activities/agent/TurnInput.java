package dev.repofleet.workflows.activities.agent;

import dev.repofleet.workflows.AgentKind;
import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.Payload;
import dev.repofleet.workflows.PlanRef;
import dev.repofleet.workflows.activities.sandbox.InSandbox;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One turn to run.
 *
 * @param sandboxId it runs in
 * @param fence token of the lease
 * @param generation of the work
 * @param turn 0 the review, then repairs and follow-ups in order
 * @param sessionId of the agent, a UUID; a turn above 0 resumes it, but for a verification, which
 *     has one of its own
 * @param prompt which of the plan's prompts
 * @param followUp which follow-up, from 0; meaningless for other prompts
 * @param commit under review
 * @param subpath the agent works in; absent means the whole repository
 * @param budgetUsd what is left of the repository's share
 * @param turns what is left of the agent's turns
 * @param time the agent may take
 * @param checkpointEvery how often the work so far is saved
 * @param storeId of the artifact store of the batch; a worker that sees another one lets go. Absent
 *     in histories of before it was carried
 * @param basis what the sandbox was rebuilt from; absent in one that began with the commit alone
 * @param goOn the session has this turn's prompt already, from a turn that was cut short: the agent
 *     is only told to go on
 * @param promptUri of a prompt that is not of the plan, for a follow-up asked for by a person; for
 *     a verification, of the judged findings
 * @param ending why the workflow stopped the turn: nothing is started any more, what the turn left
 *     is brought in and this is its cause
 * @param facts for the places in the plan's texts; absent in histories of before there were any
 */
@Payload
public record TurnInput(
    String batch,
    String key,
    String sandboxId,
    String fence,
    int generation,
    int turn,
    String sessionId,
    PromptKind prompt,
    int followUp,
    String commit,
    @Nullable String subpath,
    AgentKind agent,
    PlanRef plan,
    double budgetUsd,
    int turns,
    Duration time,
    Duration checkpointEvery,
    @Nullable String storeId,
    @Nullable TurnBasis basis,
    boolean goOn,
    @Nullable String promptUri,
    @Nullable Cause ending,
    @Nullable PromptFacts facts)
    implements InSandbox {
  public TurnInput {
    Objects.requireNonNull(sandboxId, "sandboxId");
    Objects.requireNonNull(fence, "fence");
    Objects.requireNonNull(sessionId, "sessionId");
    Objects.requireNonNull(prompt, "prompt");
    Objects.requireNonNull(commit, "commit");
    Objects.requireNonNull(agent, "agent");
    Objects.requireNonNull(plan, "plan");
    Objects.requireNonNull(time, "time");
  }

  /** What tells its prompt from others that a turn of its number may have got. */
  public String asked() {
    return prompt.id(followUp, promptUri);
  }

  /** The same turn, which was stopped for this cause: only what it left is wanted. */
  public TurnInput endedBy(Cause cause) {
    return new TurnInput(
        batch,
        key,
        sandboxId,
        fence,
        generation,
        turn,
        sessionId,
        prompt,
        followUp,
        commit,
        subpath,
        agent,
        plan,
        budgetUsd,
        turns,
        time,
        checkpointEvery,
        storeId,
        basis,
        goOn,
        promptUri,
        cause,
        facts);
  }
}
