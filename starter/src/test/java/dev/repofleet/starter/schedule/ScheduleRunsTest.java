package dev.repofleet.starter.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Duration;
import dev.repofleet.starter.testing.GuardedFront;
import dev.repofleet.workflows.client.TemporalConnection;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.api.failure.v1.ApplicationFailureInfo;
import io.temporal.api.failure.v1.Failure;
import io.temporal.api.workflow.v1.PendingActivityInfo;
import io.temporal.api.workflow.v1.WorkflowExecutionInfo;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionResponse;
import io.temporal.api.workflowservice.v1.WorkflowServiceGrpc;
import io.temporal.client.schedules.ScheduleActionExecutionStartWorkflow;
import io.temporal.client.schedules.ScheduleActionResult;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ScheduleRunsTest {
  private static final Instant DUE = Instant.parse("2026-01-02T03:00:00Z");

  @Test
  void a_run_whose_store_is_away_tells_why_it_has_started_no_batch_yet() {
    try (GuardedFront front = GuardedFront.plain(0);
        TemporalConnection connection =
            TemporalConnection.open(
                Map.of(
                    "TEMPORAL_ADDRESS",
                    front.address(),
                    "TEMPORAL_CONFIG_FILE",
                    "/dev/null/none"))) {
      String id = "scheduled-batch/nightly-" + DUE;
      front.answer(
          WorkflowServiceGrpc.getDescribeWorkflowExecutionMethod(),
          DescribeWorkflowExecutionResponse.newBuilder()
              .setWorkflowExecutionInfo(
                  WorkflowExecutionInfo.newBuilder()
                      .setExecution(WorkflowExecution.newBuilder().setWorkflowId(id).setRunId("1"))
                      .setStatus(WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING))
              .addPendingActivities(
                  PendingActivityInfo.newBuilder()
                      .setAttempt(12)
                      .setCurrentRetryInterval(Duration.newBuilder().setSeconds(30))
                      .setLastFailure(
                          Failure.newBuilder()
                              .setMessage("the bucket does not answer")
                              .setApplicationFailureInfo(
                                  ApplicationFailureInfo.getDefaultInstance())))
              .build());

      List<ScheduleSeen.Run> runs =
          new ScheduleRuns(connection)
              .of(
                  "nightly",
                  List.of(
                      new ScheduleActionResult(
                          DUE, DUE, new ScheduleActionExecutionStartWorkflow(id, "1"))));

      assertThat(runs)
          .containsExactly(
              new ScheduleSeen.Run(
                  "nightly-20260102-030000", "not_started", DUE, "the bucket does not answer"));
    }
  }
}
