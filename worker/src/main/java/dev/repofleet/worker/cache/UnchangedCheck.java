package dev.repofleet.worker.cache;

import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.Plan;
import dev.repofleet.worker.PlanSource;
import dev.repofleet.worker.agent.AgentEnvironment;
import dev.repofleet.workflows.AgentKind;
import dev.repofleet.workflows.PlanRef;
import dev.repofleet.workflows.activities.ResolveInput;
import dev.repofleet.workflows.activities.ResolveOutcome;

/** Whether a repository is as it was at a complete result of the same review. Thread-safe. */
public final class UnchangedCheck {
  private final PlanSource plans;
  private final AgentEnvironment environment;
  private final EarlierResults results;

  /**
   * Looks in {@code store}.
   *
   * @param environment that chooses the model where the plan does not
   */
  public UnchangedCheck(ArtifactStore store, PlanSource plans, AgentEnvironment environment) {
    this.plans = plans;
    this.environment = environment;
    this.results = new EarlierResults(store);
  }

  /**
   * The pinned commit with the key of its result, and that result where there is one to be used. A
   * rehearsal gets neither: nothing that it finds stands for a review.
   */
  public ResolveOutcome check(ResolveInput input, ResolveOutcome found) {
    PlanRef ref = input.plan();
    AgentKind agent = input.agent();
    if (ref == null || agent == null || agent == AgentKind.REHEARSAL) {
      return found;
    }
    Plan plan = plans.read(ref);
    String key = CacheKey.of(input.target(), found, plan, agent, environment.modelSettings(plan));
    return new ResolveOutcome(
        found.commit(), found.ref(), key, input.useCache() ? results.find(key).orElse(null) : null);
  }
}
