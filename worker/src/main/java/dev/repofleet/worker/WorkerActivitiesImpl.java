package dev.repofleet.worker;

import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.plan.Plan;
import dev.repofleet.worker.plan.PlanSource;
import dev.repofleet.worker.secrets.AgentEnvironment;
import dev.repofleet.workflows.AgentKind;
import dev.repofleet.workflows.Refusal;
import dev.repofleet.workflows.activities.worker.CheckWorkerInput;
import dev.repofleet.workflows.activities.worker.WorkerActivities;
import dev.repofleet.workflows.activities.worker.WorkerReport;
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
      throw Refusal.STORE_MISMATCH.because(
          "the batch's artifacts are in another store ("
              + input.storeId()
              + ") than this worker's ("
              + store.storeId()
              + "): give starter and workers the same REPOFLEET_ARTIFACTS");
    }
    if (environment.lacksModel(input.agent())) {
      throw Refusal.NO_MODEL.because(
          "the workers have no model: set ANTHROPIC_API_KEY (or another of Claude Code's"
              + " credentials) where they run, or rehearse with --agent rehearsal");
    }
    Plan plan = plans.read(input.plan());
    environment.require(plan);
    return new WorkerReport(
        store.storeId(),
        List.of(AgentKind.values()),
        !environment.lacksModel(AgentKind.CLAUDE),
        PlanSource.outline(plan));
  }
}
