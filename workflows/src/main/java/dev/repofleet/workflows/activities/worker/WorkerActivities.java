package dev.repofleet.workflows.activities.worker;

import io.temporal.activity.ActivityInterface;

/**
 * What a worker says of itself. On the run task queue, where the agents will run; for estimates on
 * the other one too, where no agent keeps them waiting.
 */
@ActivityInterface
public interface WorkerActivities {

  /**
   * The first step of every batch: which agents run here, whether there is a model, which artifact
   * store this worker writes to, and what the plan comes to.
   *
   * <p>Fails for good with the type {@code store_mismatch}, {@code no_model} or {@code
   * plan_invalid}.
   */
  WorkerReport checkWorker(CheckWorkerInput input);
}
