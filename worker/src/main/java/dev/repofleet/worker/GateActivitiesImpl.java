package dev.repofleet.worker;

import dev.repofleet.workflows.activities.batch.GateActivities;
import dev.repofleet.workflows.activities.batch.GateInput;
import dev.repofleet.workflows.activities.batch.GateOutcome;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowNotFoundException;

/** Asks Temporal how the batch stands before money is spent. Thread-safe. */
public final class GateActivitiesImpl implements GateActivities {
  private final WorkflowClient client;

  /** Asks through {@code client}, which stays its owner's to close. */
  public GateActivitiesImpl(WorkflowClient client) {
    this.client = client;
  }

  @Override
  public GateOutcome gate(GateInput input) {
    String batch = input.batchWorkflowId();
    if (batch == null) {
      return GateOutcome.OPEN;
    }
    try {
      return judge(input.batch(), client.newUntypedWorkflowStub(batch).describe().getStatus());
    } catch (WorkflowNotFoundException e) {
      // Forgotten after the retention: what is left of it is this review, which somebody wants.
      return GateOutcome.OPEN;
    }
  }

  /** A batch that completed has nothing against a review that a person has reset. */
  static GateOutcome judge(String batch, WorkflowExecutionStatus status) {
    return switch (status) {
      case WORKFLOW_EXECUTION_STATUS_TERMINATED -> closed(batch, "was terminated");
      case WORKFLOW_EXECUTION_STATUS_CANCELED -> closed(batch, "was cancelled");
      case WORKFLOW_EXECUTION_STATUS_FAILED -> closed(batch, "has failed");
      case WORKFLOW_EXECUTION_STATUS_TIMED_OUT -> closed(batch, "ran out of its time");
      default -> GateOutcome.OPEN;
    };
  }

  private static GateOutcome closed(String batch, String what) {
    return new GateOutcome(false, "batch " + batch + " " + what);
  }
}
