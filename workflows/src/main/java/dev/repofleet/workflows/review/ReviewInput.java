package dev.repofleet.workflows.review;

import dev.repofleet.workflows.AgentKind;
import dev.repofleet.workflows.Payload;
import dev.repofleet.workflows.PlanRef;
import java.time.Duration;
import java.util.Objects;

/**
 * Input of {@link RepositoryReviewWorkflow}.
 *
 * @param schemaVersion 1
 * @param fleet whose workers do the work
 * @param batch it belongs to
 * @param index of the target in the batch's manifest
 * @param key names the workflow and the folder in the artifact store
 * @param target what is reviewed
 * @param plan what is asked
 * @param outline what the workflow must know of the plan
 * @param agent that reviews
 * @param generation raised when a person asks for the repository again, from 0
 * @param heartbeatTimeout of agent runs
 * @param checkpointEvery how often a running turn's work is saved
 */
@Payload
public record ReviewInput(
    int schemaVersion,
    String fleet,
    String batch,
    int index,
    String key,
    Target target,
    PlanRef plan,
    PlanOutline outline,
    AgentKind agent,
    int generation,
    Duration heartbeatTimeout,
    Duration checkpointEvery) {
  public ReviewInput {
    Objects.requireNonNull(key, "key");
    Objects.requireNonNull(target, "target");
    Objects.requireNonNull(plan, "plan");
    Objects.requireNonNull(outline, "outline");
    Objects.requireNonNull(agent, "agent");
    Objects.requireNonNull(heartbeatTimeout, "heartbeatTimeout");
    Objects.requireNonNull(checkpointEvery, "checkpointEvery");
    if (generation < 0) {
      throw new IllegalArgumentException("generation of " + key + " is negative");
    }
  }
}
