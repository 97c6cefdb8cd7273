package dev.repofleet.workflows.order;

import dev.repofleet.workflows.AgentKind;
import dev.repofleet.workflows.Payload;
import dev.repofleet.workflows.PlanRef;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Input of {@code RepositoryReviewWorkflow}.
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
 * @param storeId of the batch's artifact store; absent in histories of before it was carried
 * @param followUpUri of a person's prompt: the review has ended before, and takes this one turn
 *     more in its session; absent in a review that begins
 * @param budgetUsd most that it may cost, by what its batch has left; absent: what the plan allows
 * @param useCache whether it is skipped when nothing has changed since an earlier result; absent:
 *     yes
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
    Duration checkpointEvery,
    @Nullable String storeId,
    @Nullable String followUpUri,
    @Nullable Double budgetUsd,
    Boolean useCache) {
  public ReviewInput {
    useCache = useCache == null || useCache;
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

  /**
   * The same review after its end, for one more turn with the prompt at this URI. Whoever asks for
   * it pays for it: the batch's budget is settled.
   */
  public ReviewInput withFollowUp(String uri) {
    return new ReviewInput(
        schemaVersion,
        fleet,
        batch,
        index,
        key,
        target,
        plan,
        outline,
        agent,
        generation,
        heartbeatTimeout,
        checkpointEvery,
        storeId,
        uri,
        null,
        useCache);
  }
}
