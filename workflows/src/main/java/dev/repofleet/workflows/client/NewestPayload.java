package dev.repofleet.workflows.client;

import dev.repofleet.workflows.Fleet;
import io.grpc.StatusRuntimeException;
import io.temporal.api.common.v1.Payload;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.api.workflowservice.v1.GetWorkflowExecutionHistoryRequest;
import io.temporal.api.workflowservice.v1.ListWorkflowExecutionsRequest;
import io.temporal.api.workflowservice.v1.WorkflowServiceGrpc.WorkflowServiceBlockingStub;
import io.temporal.client.WorkflowClient;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * What a fleet's newest workflow was started with: encrypted or not. A run of a schedule does not
 * count: it has the key of when its schedule was written; the batch that it starts has the fleet's.
 */
final class NewestPayload {
  private static final int LIMIT_SECONDS = 5;

  private final WorkflowServiceBlockingStub stub;
  private final String namespace;

  NewestPayload(WorkflowClient client) {
    stub =
        client
            .getWorkflowServiceStubs()
            .blockingStub()
            .withDeadlineAfter(LIMIT_SECONDS, TimeUnit.SECONDS);
    namespace = client.getOptions().getNamespace();
  }

  /** Its input as the server has it; nothing when nothing can be learned. */
  Optional<Payload> of(Fleet fleet) {
    try {
      return newest(fleet).flatMap(this::input);
    } catch (StatusRuntimeException unknown) {
      return Optional.empty();
    }
  }

  private Optional<WorkflowExecution> newest(Fleet fleet) {
    return stub
        .listWorkflowExecutions(
            ListWorkflowExecutionsRequest.newBuilder()
                .setNamespace(namespace)
                .setPageSize(1)
                .setQuery(
                    "TaskQueue = '" + fleet.taskQueue() + "' AND WorkflowType != 'ScheduledBatch'")
                .build())
        .getExecutionsList()
        .stream()
        .findFirst()
        .map(found -> found.getExecution());
  }

  private Optional<Payload> input(WorkflowExecution workflow) {
    List<HistoryEvent> first =
        stub.getWorkflowExecutionHistory(
                GetWorkflowExecutionHistoryRequest.newBuilder()
                    .setNamespace(namespace)
                    .setExecution(workflow)
                    .setMaximumPageSize(1)
                    .build())
            .getHistory()
            .getEventsList();
    return first.stream()
        .findFirst()
        .flatMap(
            event ->
                event
                    .getWorkflowExecutionStartedEventAttributes()
                    .getInput()
                    .getPayloadsList()
                    .stream()
                    .findFirst());
  }
}
