package dev.repofleet.workflows.activities;

import dev.repofleet.workflows.AgentKind;
import dev.repofleet.workflows.Payload;
import dev.repofleet.workflows.PlanRef;
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
 * @param sessionId of the agent, a UUID; a turn above 0 resumes it
 * @param prompt which of the plan's prompts
 * @param followUp which follow-up, from 0; meaningless for other prompts
 * @param commit under review
 * @param subpath the agent works in; absent means the whole repository
 * @param budgetUsd what is left of the repository's share
 * @param turns what is left of the agent's turns
 * @param time the agent may take
 * @param checkpointEvery how often the work so far is saved
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
    Duration checkpointEvery) {
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
}
