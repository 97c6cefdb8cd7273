package dev.repofleet.starter.it;

import com.google.protobuf.Message;
import dev.repofleet.workflows.client.TemporalConnection;
import io.temporal.api.common.v1.Payload;
import io.temporal.api.common.v1.SearchAttributes;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.workflow.v1.WorkflowExecutionInfo;
import io.temporal.api.workflowservice.v1.ListWorkflowExecutionsRequest;
import java.util.ArrayList;
import java.util.List;

/** Every payload that a server keeps, as it keeps it; without search attributes. */
final class HistoryPayloads {
  private final TemporalConnection connection;

  HistoryPayloads(TemporalConnection connection) {
    this.connection = connection;
  }

  /** Of all workflows that the server lists. */
  List<Payload> all() {
    List<Payload> found = new ArrayList<>();
    for (WorkflowExecutionInfo info : workflows()) {
      collect(info.getMemo(), found);
      WorkflowExecution workflow = info.getExecution();
      connection
          .client()
          .fetchHistory(workflow.getWorkflowId(), workflow.getRunId())
          .getEvents()
          .forEach(event -> collect(event, found));
    }
    return found;
  }

  private List<WorkflowExecutionInfo> workflows() {
    return connection
        .client()
        .getWorkflowServiceStubs()
        .blockingStub()
        .listWorkflowExecutions(
            ListWorkflowExecutionsRequest.newBuilder()
                .setNamespace(connection.namespace())
                .setPageSize(1000)
                .build())
        .getExecutionsList();
  }

  private static void collect(Message message, List<Payload> found) {
    if (message instanceof Payload payload) {
      found.add(payload);
    } else if (!(message instanceof SearchAttributes)) {
      message.getAllFields().values().forEach(value -> collectValue(value, found));
    }
  }

  private static void collectValue(Object value, List<Payload> found) {
    if (value instanceof Message message) {
      collect(message, found);
    } else if (value instanceof List<?> values) {
      values.forEach(one -> collectValue(one, found));
    }
  }
}
