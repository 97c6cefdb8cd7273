package dev.repofleet.workflows.pool;

import dev.repofleet.workflows.lease.LeaseEnded;
import dev.repofleet.workflows.lease.LeaseRequest;
import dev.repofleet.workflows.lease.ProviderTrouble;
import dev.repofleet.workflows.pool.settings.PoolSettings;
import dev.repofleet.workflows.pool.settings.PoolSettingsChange;
import io.temporal.workflow.QueryMethod;
import io.temporal.workflow.SignalMethod;
import io.temporal.workflow.UpdateMethod;
import io.temporal.workflow.UpdateValidatorMethod;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;

/**
 * One durable gate for all sandboxes of a fleet, whatever the number of its workers and batches.
 * Workflow id: {@code sandbox-pool/default}, of another fleet {@code sandbox-pool/<fleet>.default}.
 *
 * <p>It hands out permits; whoever has one creates the sandbox and kills it. So it holds nothing
 * but counts and names: it survives every process, and one that was terminated is brought back by
 * the next request, E2B's list and what reviews ask again. It runs for ever, and continues as new
 * when its history grows.
 *
 * <p>Reviews signal it by signal-with-start, and are signalled in {@code
 * RepositoryReviewWorkflow.permit}.
 */
@WorkflowInterface
public interface SandboxPoolWorkflow {

  /** Runs until it is terminated or continues as new. */
  @WorkflowMethod(name = "SandboxPool")
  void run(PoolInput input);

  /** A review asks for a permit, or asks again. */
  @SignalMethod
  void acquire(LeaseRequest request);

  /** A permit comes back, or a place in the line is given up. */
  @SignalMethod
  void ended(LeaseEnded lease);

  /** The model's provider refuses somebody. */
  @SignalMethod
  void trouble(ProviderTrouble trouble);

  /** Changes settings; refused when they are out of their bounds. Returns those in force. */
  @UpdateMethod
  PoolSettings set(PoolSettingsChange change);

  /** Refuses what {@link #set} refuses. */
  @UpdateValidatorMethod(updateName = "set")
  void checkSet(PoolSettingsChange change);

  /** A person has mended what the provider refused: permits are given again. */
  @UpdateMethod
  PoolResumed resume();

  /** How it stands now. */
  @QueryMethod
  PoolStatus status();
}
