package dev.repofleet.starter.sandboxes;

import dev.repofleet.starter.sandboxes.ReviewState.Run;
import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.client.TemporalConnection;
import dev.repofleet.workflows.client.TemporalUnreachableException;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionRequest;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reviews as the Temporal server of an environment knows them; closed by who opened it. For one
 * thread and one look: a server that has failed to answer twice is not asked again.
 *
 * <p>It describes each run by its id. The server's lists lag behind, and would call the living
 * dead.
 */
final class TemporalReviews implements Reviews, AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(5);

  private final @Nullable TemporalConnection connection;
  private @Nullable String silence;

  private TemporalReviews(@Nullable TemporalConnection connection, @Nullable String silence) {
    this.connection = connection;
    this.silence = silence;
  }

  /**
   * Connects. A server that can't be reached is one that says nothing.
   *
   * @param talk takes the sentence that says why it can't be reached
   */
  static TemporalReviews open(Map<String, String> environment, Consumer<String> talk) {
    try {
      return new TemporalReviews(TemporalConnection.open(environment), null);
    } catch (TemporalUnreachableException e) {
      talk.accept(String.valueOf(e.getMessage()));
      return new TemporalReviews(null, "Temporal does not say whose it is");
    }
  }

  /** Whether the server has failed to answer. */
  boolean away() {
    return silence != null;
  }

  @Override
  public ReviewState of(Lease lease) {
    TemporalConnection server = connection;
    if (silence != null || server == null) {
      return ReviewState.silent(String.valueOf(silence));
    }
    try {
      return ask(server, lease);
    } catch (StatusRuntimeException once) {
      return askAgain(server, lease);
    }
  }

  private ReviewState askAgain(TemporalConnection server, Lease lease) {
    try {
      return ask(server, lease);
    } catch (StatusRuntimeException twice) {
      String why =
          "Temporal at " + server.address() + " does not say (" + twice.getStatus().getCode() + ")";
      silence = why;
      return ReviewState.silent(why);
    }
  }

  /** The latest run comes last: one that began meanwhile is seen. */
  private static ReviewState ask(TemporalConnection server, Lease lease) {
    Run own = run(server, lease.workflowId(), lease.runId());
    Run batch = run(server, Fleet.batchWorkflowId(lease.batch()), "");
    return new ReviewState(own, run(server, lease.workflowId(), ""), batch, null);
  }

  /** Of a workflow's run; of its latest where the run's id is empty. */
  private static Run run(TemporalConnection server, String workflowId, String runId) {
    WorkflowExecution execution =
        WorkflowExecution.newBuilder().setWorkflowId(workflowId).setRunId(runId).build();
    try {
      return run(
          server
              .client()
              .getWorkflowServiceStubs()
              .blockingStub()
              .withDeadlineAfter(LIMIT.toMillis(), TimeUnit.MILLISECONDS)
              .describeWorkflowExecution(
                  DescribeWorkflowExecutionRequest.newBuilder()
                      .setNamespace(server.namespace())
                      .setExecution(execution)
                      .build())
              .getWorkflowExecutionInfo()
              .getStatus());
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() == Status.Code.NOT_FOUND) {
        return Run.NOT_KNOWN;
      }
      throw e;
    }
  }

  /** Only what has surely ended is closed. */
  static Run run(WorkflowExecutionStatus status) {
    return switch (status) {
      case WORKFLOW_EXECUTION_STATUS_COMPLETED,
          WORKFLOW_EXECUTION_STATUS_FAILED,
          WORKFLOW_EXECUTION_STATUS_CANCELED,
          WORKFLOW_EXECUTION_STATUS_TERMINATED,
          WORKFLOW_EXECUTION_STATUS_TIMED_OUT ->
          Run.CLOSED;
      default -> Run.OPEN;
    };
  }

  @Override
  public void close() {
    if (connection != null) {
      connection.close();
    }
  }
}
