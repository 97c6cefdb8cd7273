package dev.repofleet.starter.server;

import dev.repofleet.starter.command.CommandException;
import dev.repofleet.starter.command.FleetOption;
import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.client.TemporalConnection;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.enums.v1.UpdateWorkflowExecutionLifecycleStage;
import io.temporal.api.failure.v1.Failure;
import io.temporal.api.update.v1.Input;
import io.temporal.api.update.v1.Meta;
import io.temporal.api.update.v1.Outcome;
import io.temporal.api.update.v1.Request;
import io.temporal.api.update.v1.WaitPolicy;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionRequest;
import io.temporal.api.workflowservice.v1.UpdateWorkflowExecutionRequest;
import io.temporal.api.workflowservice.v1.UpdateWorkflowExecutionResponse;
import io.temporal.common.converter.DataConverter;
import io.temporal.failure.ApplicationFailure;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * Asks a workflow to change something, with an end to the waiting: the SDK's client would wait for
 * a worker as long as there is none. Thread-safe.
 */
public final class TemporalUpdates {
  private static final Duration ONE_CALL = Duration.ofSeconds(15);

  /** The server gives a call up sooner than a busy worker may take; the update's id stays. */
  private static final int CALLS = 2;

  private final TemporalConnection connection;

  /** For the workflows of a server; the connection stays the caller's. */
  public TemporalUpdates(TemporalConnection connection) {
    this.connection = connection;
  }

  /**
   * Sends an update and waits for its answer for half a minute.
   *
   * @param answerType of the update's answer
   * @return the answer; empty when no such workflow is open
   * @throws Refused when the workflow refuses, with its sentence
   * @throws CommandException with exit code 5 when no worker answers; the update may still take
   *     effect
   */
  public <T> Optional<T> ask(
      String workflowId, String update, Class<T> answerType, Object... arguments) {
    DataConverter converter = connection.client().getOptions().getDataConverter();
    Input.Builder input = Input.newBuilder().setName(update);
    converter.toPayloads(arguments).ifPresent(input::setArgs);
    UpdateWorkflowExecutionRequest request =
        UpdateWorkflowExecutionRequest.newBuilder()
            .setNamespace(connection.namespace())
            .setWorkflowExecution(WorkflowExecution.newBuilder().setWorkflowId(workflowId))
            .setWaitPolicy(
                WaitPolicy.newBuilder()
                    .setLifecycleStage(
                        UpdateWorkflowExecutionLifecycleStage
                            .UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_COMPLETED))
            .setRequest(
                Request.newBuilder()
                    .setMeta(
                        Meta.newBuilder()
                            .setUpdateId(UUID.randomUUID().toString())
                            .setIdentity("repofleet"))
                    .setInput(input))
            .build();
    for (int call = 0; call < CALLS; call++) {
      try {
        UpdateWorkflowExecutionResponse response = send(request);
        if (response.hasOutcome()) {
          return Optional.of(answer(response.getOutcome(), converter, answerType));
        }
      } catch (StatusRuntimeException e) {
        if (e.getStatus().getCode() == Status.Code.NOT_FOUND) {
          return Optional.empty();
        }
        if (e.getStatus().getCode() != Status.Code.DEADLINE_EXCEEDED) {
          throw CommandException.unreachable(
              "Temporal at "
                  + connection.address()
                  + " does not take it ("
                  + e.getStatus().getCode()
                  + ")",
              e);
        }
      }
    }
    throw CommandException.unreachable(
        "no worker has answered for "
            + workflowId
            + " in half a minute: start one with "
            + FleetOption.worker(taskQueue(workflowId))
            + "; what was asked for may still take effect",
        null);
  }

  /** Of the workflow; that of the default fleet where the server does not say. */
  private String taskQueue(String workflowId) {
    try {
      return connection
          .client()
          .getWorkflowServiceStubs()
          .blockingStub()
          .withDeadlineAfter(ONE_CALL.toMillis(), TimeUnit.MILLISECONDS)
          .describeWorkflowExecution(
              DescribeWorkflowExecutionRequest.newBuilder()
                  .setNamespace(connection.namespace())
                  .setExecution(WorkflowExecution.newBuilder().setWorkflowId(workflowId))
                  .build())
          .getExecutionConfig()
          .getTaskQueue()
          .getName();
    } catch (StatusRuntimeException e) {
      return Fleet.DEFAULT.taskQueue();
    }
  }

  private UpdateWorkflowExecutionResponse send(UpdateWorkflowExecutionRequest request) {
    return connection
        .client()
        .getWorkflowServiceStubs()
        .blockingStub()
        .withDeadlineAfter(ONE_CALL.toMillis(), TimeUnit.MILLISECONDS)
        .updateWorkflowExecution(request);
  }

  private static <T> T answer(Outcome outcome, DataConverter converter, Class<T> type) {
    if (outcome.hasFailure()) {
      throw new Refused(sentence(outcome.getFailure(), converter));
    }
    return Objects.requireNonNull(
        converter.fromPayloads(0, Optional.of(outcome.getSuccess()), type, type),
        "an update's answer");
  }

  private static String sentence(Failure failure, DataConverter converter) {
    return converter.failureToException(failure) instanceof ApplicationFailure application
        ? application.getOriginalMessage()
        : failure.getMessage();
  }

  /** The workflow's own refusal. Nothing was changed. */
  public static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Refused(String message) {
      super(message);
    }

    /** The sentence. */
    public String sentence() {
      return Objects.requireNonNullElse(getMessage(), "refused");
    }
  }
}
