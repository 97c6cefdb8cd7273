package dev.repofleet.workflows.client;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.api.errordetails.v1.NamespaceNotFoundFailure;
import io.temporal.api.workflow.v1.WorkflowExecutionInfo;
import io.temporal.api.workflowservice.v1.DescribeNamespaceRequest;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionRequest;
import io.temporal.api.workflowservice.v1.WorkflowServiceGrpc.WorkflowServiceBlockingStub;
import io.temporal.client.WorkflowClient;
import io.temporal.serviceclient.StatusUtils;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * How runs of workflows stand, each asked for by its ids. The server's lists lag behind, and would
 * call the living dead. Thread-safe; asks through a client that stays its owner's to close.
 *
 * <p>Every method blocks for five seconds at most and throws {@link StatusRuntimeException} when
 * the server does not say: then nothing is known of the run.
 */
public final class ReviewRuns {
  private static final Duration LIMIT = Duration.ofSeconds(5);

  private final WorkflowClient client;

  /** Asks nothing yet. */
  public ReviewRuns(WorkflowClient client) {
    this.client = client;
  }

  /** How a run stands. */
  public enum State {
    /** It runs, or is in a state this program does not know. */
    OPEN,
    /** It has ended, however. */
    CLOSED,
    /** The server has no such run in this namespace: never had, or forgot it. */
    NOT_KNOWN
  }

  /**
   * A run of a workflow.
   *
   * @param runId empty when it is not known
   * @param firstRunId the first run of its chain: a Reset keeps it, a new start under the same
   *     workflow id does not. Empty when the server does not tell
   */
  public record Run(State state, String runId, String firstRunId) {
    private static final Run UNKNOWN = new Run(State.NOT_KNOWN, "", "");

    public Run {
      Objects.requireNonNull(state, "state");
      Objects.requireNonNull(runId, "runId");
      Objects.requireNonNull(firstRunId, "firstRunId");
    }

    /**
     * Whether this run goes on with the work of {@code before} after a Reset. A server that does
     * not tell is taken to say yes: that keeps what a review may need.
     */
    public boolean isResetOf(Run before) {
      return !runId.equals(before.runId)
          && (firstRunId.isEmpty()
              || before.firstRunId.isEmpty()
              || firstRunId.equals(before.firstRunId));
    }
  }

  /** A workflow's run. */
  public Run run(String workflowId, String runId) {
    return describe(workflowId, runId);
  }

  /** A workflow's latest run: after a Reset, or in a follow-up, another one than before. */
  public Run latest(String workflowId) {
    return describe(workflowId, "");
  }

  private Run describe(String workflowId, String runId) {
    try {
      WorkflowExecutionInfo info =
          stub()
              .describeWorkflowExecution(
                  DescribeWorkflowExecutionRequest.newBuilder()
                      .setNamespace(client.getOptions().getNamespace())
                      .setExecution(
                          WorkflowExecution.newBuilder().setWorkflowId(workflowId).setRunId(runId))
                      .build())
              .getWorkflowExecutionInfo();
      return new Run(
          isOpen(info.getStatus()) ? State.OPEN : State.CLOSED,
          info.getExecution().getRunId(),
          info.getFirstRunId());
    } catch (StatusRuntimeException e) {
      // A namespace that is missing says nothing about the run.
      if (e.getStatus().getCode() != Status.Code.NOT_FOUND
          || StatusUtils.hasFailure(e, NamespaceNotFoundFailure.class)) {
        throw e;
      }
      return Run.UNKNOWN;
    }
  }

  /** Whether a workflow goes on: only what has surely ended does not. One that is paused does. */
  public static boolean isOpen(WorkflowExecutionStatus status) {
    return switch (status) {
      case WORKFLOW_EXECUTION_STATUS_COMPLETED,
          WORKFLOW_EXECUTION_STATUS_FAILED,
          WORKFLOW_EXECUTION_STATUS_CANCELED,
          WORKFLOW_EXECUTION_STATUS_TERMINATED,
          WORKFLOW_EXECUTION_STATUS_TIMED_OUT ->
          false;
      default -> true;
    };
  }

  /** The id of the client's namespace, which no other server has for a namespace of that name. */
  public String namespaceId() {
    return stub()
        .describeNamespace(
            DescribeNamespaceRequest.newBuilder()
                .setNamespace(client.getOptions().getNamespace())
                .build())
        .getNamespaceInfo()
        .getId();
  }

  private WorkflowServiceBlockingStub stub() {
    return client
        .getWorkflowServiceStubs()
        .blockingStub()
        .withDeadlineAfter(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
  }
}
