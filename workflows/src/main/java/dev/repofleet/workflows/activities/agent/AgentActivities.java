package dev.repofleet.workflows.activities.agent;

import io.temporal.activity.ActivityInterface;

/** One turn of the agent. On the run task queue alone. */
@ActivityInterface
public interface AgentActivities {

  /**
   * Starts the turn's process, or follows the one that runs already, until it has ended. Never
   * stops an agent: on a lost heartbeat, a worker's shutdown or a cancellation it lets go, and
   * another attempt follows on.
   *
   * <p>A turn that ended badly is a normal outcome with its cause. Fails for good with {@code
   * sandbox_lost}, {@code cancelled} (stopped or fenced) and {@code quarantined}.
   */
  TurnOutcome run(TurnInput input);
}
