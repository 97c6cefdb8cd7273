package dev.repofleet.starter.review;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.google.protobuf.Timestamp;
import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.starter.render.TextTable;
import dev.repofleet.starter.render.Wording;
import dev.repofleet.workflows.client.TemporalConnection;
import io.grpc.StatusRuntimeException;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.api.workflow.v1.WorkflowExecutionInfo;
import io.temporal.api.workflowservice.v1.ListWorkflowExecutionsRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The latest batches of a namespace, as its server lists them. */
final class BatchListing {
  private static final String PREFIX = "review-batch/";
  private static final int MAX_ROWS = 50;
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private final TemporalConnection connection;

  BatchListing(TemporalConnection connection) {
    this.connection = connection;
  }

  /** Latest first, 50 at the most. */
  List<Row> latest() {
    try {
      return connection
          .client()
          .getWorkflowServiceStubs()
          .blockingStub()
          .withDeadlineAfter(LIMIT.toMillis(), TimeUnit.MILLISECONDS)
          .listWorkflowExecutions(
              ListWorkflowExecutionsRequest.newBuilder()
                  .setNamespace(connection.namespace())
                  .setPageSize(MAX_ROWS)
                  .setQuery("WorkflowType = 'ReviewBatch' AND ExecutionStatus != 'ContinuedAsNew'")
                  .build())
          .getExecutionsList()
          .stream()
          .filter(info -> info.getExecution().getWorkflowId().startsWith(PREFIX))
          .map(BatchListing::row)
          .toList();
    } catch (StatusRuntimeException e) {
      throw new TemporalAwayException(
          "Temporal at "
              + connection.address()
              + " does not list its batches ("
              + e.getStatus().getCode()
              + "): name one, as in `repofleet status BATCH`",
          e);
    }
  }

  private static Row row(WorkflowExecutionInfo info) {
    return new Row(
        info.getExecution().getWorkflowId().substring(PREFIX.length()),
        status(info.getStatus()),
        instant(info.getStartTime()),
        info.hasCloseTime() ? instant(info.getCloseTime()) : null);
  }

  private static String status(WorkflowExecutionStatus status) {
    return switch (status) {
      case WORKFLOW_EXECUTION_STATUS_RUNNING -> "running";
      case WORKFLOW_EXECUTION_STATUS_COMPLETED -> "ended";
      case WORKFLOW_EXECUTION_STATUS_CANCELED -> "cancelled";
      default -> status.name().replace("WORKFLOW_EXECUTION_STATUS_", "").toLowerCase(Locale.ROOT);
    };
  }

  private static Instant instant(Timestamp timestamp) {
    return Instant.ofEpochSecond(timestamp.getSeconds());
  }

  static List<String> json(List<Row> rows) {
    return rows.stream().map(ArtifactJson::line).toList();
  }

  static List<String> table(List<Row> rows) {
    if (rows.isEmpty()) {
      return List.of("No batch yet: `repofleet review` starts one.");
    }
    TextTable table = new TextTable("BATCH", "STATUS", "STARTED", "TOOK");
    for (Row row : rows) {
      Instant ended = row.endedAt();
      table.row(
          row.batch(),
          row.status(),
          row.startedAt().toString(),
          ended == null ? "-" : Wording.duration(Duration.between(row.startedAt(), ended)));
    }
    return table.lines();
  }

  /**
   * A batch as the server lists it; how its repositories ended is not known here.
   *
   * @param status of its workflow: {@code ended} says that it went through
   * @param startedAt of its latest run
   */
  @JsonPropertyOrder({"type", "batch", "status", "startedAt", "endedAt"})
  record Row(String batch, String status, Instant startedAt, @Nullable Instant endedAt) {
    @JsonProperty("type")
    String type() {
      return "batch";
    }
  }
}
