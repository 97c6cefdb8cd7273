package dev.repofleet.workflows;

import com.uber.m3.util.Duration;
import io.temporal.workflow.Workflow;

/**
 * What workflow code measures. It goes through the Temporal SDK, which counts nothing twice when it
 * replays; the worker's metrics take it from there. Stateless.
 */
public final class WorkflowMetrics {
  /** Timer: how long a review waited for a permit of its pool. */
  public static final String PERMIT_WAIT = "repofleet.permit.wait";

  private WorkflowMetrics() {}

  /** A review has a permit, after so many milliseconds. Only in workflow code. */
  public static void permitWaited(long milliseconds) {
    Workflow.getMetricsScope()
        .timer(PERMIT_WAIT)
        .record(Duration.ofMillis((double) Math.max(0, milliseconds)));
  }
}
