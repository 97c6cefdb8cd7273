package dev.repofleet.worker.cache;

import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.plan.Plan;
import dev.repofleet.worker.plan.PlanSource;
import dev.repofleet.worker.secrets.AgentEnvironment;
import dev.repofleet.workflows.AgentKind;
import dev.repofleet.workflows.PlanRef;
import dev.repofleet.workflows.activities.git.EarlierResult;
import dev.repofleet.workflows.activities.git.Incremental;
import dev.repofleet.workflows.activities.git.Incremental.Fallback;
import dev.repofleet.workflows.activities.git.ResolveInput;
import dev.repofleet.workflows.activities.git.ResolveOutcome;
import java.util.Map;

/**
 * Whether a repository is as it was at a complete result of the same review, and where an
 * incremental one goes on from. Thread-safe.
 */
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
   * The pinned commit with the key of its result, and that result where there is one to be used;
   * else, for an incremental plan, what it is to be compared with. A rehearsal gets none of it:
   * nothing that it finds stands for a review.
   */
  public ResolveOutcome check(ResolveInput input, ResolveOutcome found) {
    PlanRef ref = input.plan();
    AgentKind agent = input.agent();
    if (ref == null || agent == null) {
      return found;
    }
    Plan plan = plans.read(ref);
    if (!agent.usesModel()) {
      return plan.incremental()
          ? new ResolveOutcome(
              found.commit(),
              found.ref(),
              null,
              null,
              null,
              Incremental.everything(Fallback.NO_EARLIER_RESULT))
          : found;
    }
    Map<String, String> model = environment.modelSettings(plan);
    String key = CacheKey.of(input.target(), found, plan, agent, model);
    String latestKey = CacheKey.withoutCommit(input.target(), plan, agent, model);
    EarlierResult unchanged = input.useCache() ? results.find(key).orElse(null) : null;
    Incremental incremental = plan.incremental() ? since(input, latestKey) : null;
    return new ResolveOutcome(found.commit(), found.ref(), key, unchanged, latestKey, incremental);
  }

  /** A generation that was asked for once more keeps the base of the one before. */
  private Incremental since(ResolveInput input, String latestKey) {
    if (input.target().url() == null) {
      return Incremental.everything(Fallback.TARGET_IS_A_PATH);
    }
    if (input.fullReview()) {
      return Incremental.everything(Fallback.NOT_WANTED);
    }
    Incremental before = input.before();
    return before == null
        ? results.last(latestKey, input.batch(), input.key())
        : results.still(before);
  }
}
