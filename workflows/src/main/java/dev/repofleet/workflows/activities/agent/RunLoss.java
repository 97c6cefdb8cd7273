package dev.repofleet.workflows.activities.agent;

import dev.repofleet.workflows.Payload;
import dev.repofleet.workflows.UsageTotals;
import java.util.Objects;

/**
 * Details of a Run that failed: what its processes are known to have used. When the sandbox is lost
 * nothing else is left of them.
 *
 * @param incarnation the latest process that was seen, from 0; -1 when none was
 * @param agentTurns they took, as far as their messages tell
 * @param usage as far as their messages tell, its cost estimated
 * @param milliseconds they worked
 */
@Payload
public record RunLoss(int incarnation, int agentTurns, UsageTotals usage, long milliseconds) {
  /** Nothing was seen of any process. */
  public static final RunLoss NONE = new RunLoss(-1, 0, UsageTotals.NONE, 0);

  public RunLoss {
    Objects.requireNonNull(usage, "usage");
  }
}
