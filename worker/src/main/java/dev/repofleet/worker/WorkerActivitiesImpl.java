package dev.repofleet.worker;

import dev.repofleet.artifacts.Approval;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.FollowUp;
import dev.repofleet.artifacts.Plan;
import dev.repofleet.worker.agent.AgentEnvironment;
import dev.repofleet.workflows.AgentKind;
import dev.repofleet.workflows.activities.CheckWorkerInput;
import dev.repofleet.workflows.activities.WorkerActivities;
import dev.repofleet.workflows.activities.WorkerReport;
import dev.repofleet.workflows.review.FollowUpCondition;
import dev.repofleet.workflows.review.PlanOutline;
import io.temporal.failure.ApplicationFailure;
import java.util.List;

/** Says what this worker can do. Thread-safe. */
public final class WorkerActivitiesImpl implements WorkerActivities {
  private final ArtifactStore store;
  private final PlanSource plans;
  private final AgentEnvironment environment;

  /** Speaks for a worker with these parts. */
  public WorkerActivitiesImpl(ArtifactStore store, PlanSource plans, AgentEnvironment environment) {
    this.store = store;
    this.plans = plans;
    this.environment = environment;
  }

  @Override
  public WorkerReport checkWorker(CheckWorkerInput input) {
    if (!store.storeId().equals(input.storeId())) {
      throw ApplicationFailure.newNonRetryableFailure(
          "the batch's artifacts are in another store ("
              + input.storeId()
              + ") than this worker's ("
              + store.storeId()
              + "): give starter and workers the same REPOFLEET_ARTIFACTS",
          "store_mismatch");
    }
    if (input.agent() == AgentKind.CLAUDE && !environment.modelConfigured()) {
      throw ApplicationFailure.newNonRetryableFailure(
          "the workers have no model: set ANTHROPIC_API_KEY (or another of Claude Code's"
              + " credentials) where they run, or rehearse with --agent rehearsal",
          "no_model");
    }
    Plan plan = plans.read(input.plan());
    environment.requireSecrets(plan);
    return new WorkerReport(
        store.storeId(), List.of(AgentKind.values()), environment.modelConfigured(), outline(plan));
  }

  static PlanOutline outline(Plan plan) {
    try {
      List<String> conditions = plan.followUps().stream().map(FollowUp::when).toList();
      conditions.forEach(FollowUpCondition::parse);
      return new PlanOutline(
          plan.name(),
          plan.template(),
          plan.limits().budgetUsd(),
          plan.limits().turns(),
          plan.limits().time(),
          plan.limits().sandboxTime(),
          conditions,
          plan.followUps().stream().map(each -> each.approval() == Approval.REQUIRED).toList(),
          plan.limits().approvalTime(),
          plan.limits().pausedTime());
    } catch (IllegalArgumentException e) {
      throw ApplicationFailure.newNonRetryableFailure(
          "plan " + plan.name() + " can't be used: " + e.getMessage(), "plan_invalid");
    }
  }
}
