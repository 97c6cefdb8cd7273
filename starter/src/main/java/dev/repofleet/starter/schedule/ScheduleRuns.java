package dev.repofleet.starter.schedule;

import dev.repofleet.starter.batch.TemporalBatchView;
import dev.repofleet.starter.render.PlainText;
import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.batch.BatchOutcome;
import dev.repofleet.workflows.client.ReviewRuns;
import dev.repofleet.workflows.client.TemporalConnection;
import io.grpc.StatusRuntimeException;
import io.temporal.client.WorkflowException;
import io.temporal.client.WorkflowTargetOptions;
import io.temporal.client.schedules.ScheduleActionExecutionStartWorkflow;
import io.temporal.client.schedules.ScheduleActionResult;
import io.temporal.common.converter.DataConverterException;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.ApplicationFailure;
import java.time.Clock;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** What came of the latest runs of a schedule, each asked for by its id. Thread-safe. */
final class ScheduleRuns {
  private static final int MOST = 5;

  /** A run that has ended answers at once. */
  private static final int ANSWER_SECONDS = 5;

  private final TemporalConnection connection;

  ScheduleRuns(TemporalConnection connection) {
    this.connection = connection;
  }

  /** The latest of them, latest first. */
  List<ScheduleSeen.Run> of(String schedule, List<ScheduleActionResult> recent) {
    List<ScheduleSeen.Run> runs = new ArrayList<>();
    for (int i = recent.size() - 1; i >= 0 && runs.size() < MOST; i--) {
      runs.add(run(schedule, recent.get(i)));
    }
    return List.copyOf(runs);
  }

  private ScheduleSeen.Run run(String schedule, ScheduleActionResult action) {
    Instant due = due(schedule, action);
    String batch = Fleet.scheduledBatch(schedule, due);
    TemporalBatchView view = new TemporalBatchView(connection, batch, Clock.systemUTC());
    @Nullable String problem = problem(action, view);
    Optional<String> status = problem == null ? view.statusWord() : Optional.empty();
    return new ScheduleSeen.Run(
        batch, problem == null ? status.orElse("not_known") : "not_started", due, problem);
  }

  /**
   * When it was due, as the batch's id has it: the server puts that time, without the jitter that a
   * person may have set, behind the id of the workflow.
   */
  private static Instant due(String schedule, ScheduleActionResult action) {
    String begin = Fleet.scheduledBatchWorkflowId(schedule) + "-";
    if (action.getAction() instanceof ScheduleActionExecutionStartWorkflow started
        && started.getWorkflowId().startsWith(begin)) {
      try {
        return Instant.parse(started.getWorkflowId().substring(begin.length()));
      } catch (DateTimeParseException e) {
        // A later server's ids: the time it says is the best there is.
      }
    }
    return action.getScheduledAt();
  }

  /** Why the run started no batch, or none yet; absent when it did, or is about to. */
  private @Nullable String problem(ScheduleActionResult action, TemporalBatchView view) {
    if (!(action.getAction() instanceof ScheduleActionExecutionStartWorkflow started)) {
      return null;
    }
    String id = started.getWorkflowId();
    String runId = started.getFirstExecutionRunId();
    try {
      if (new ReviewRuns(connection.client()).run(id, runId).state() != ReviewRuns.State.CLOSED) {
        return view.standstill(id).orElse(null);
      }
      connection
          .client()
          .newUntypedWorkflowStub(
              WorkflowTargetOptions.newBuilder().setWorkflowId(id).setRunId(runId).build())
          .getResult(ANSWER_SECONDS, TimeUnit.SECONDS, BatchOutcome.class);
      return null;
    } catch (WorkflowException e) {
      // What the batch itself failed with comes by way of its child.
      return e.getCause() instanceof ApplicationFailure failure
          ? PlainText.of(failure.getOriginalMessage(), 300)
          : cause(e);
    } catch (StatusRuntimeException | TimeoutException | DataConverterException e) {
      return null;
    }
  }

  /** Of the step before the batch. */
  private static @Nullable String cause(WorkflowException failure) {
    Throwable below = failure.getCause();
    return below instanceof ActivityFailure
            && below.getCause() instanceof ApplicationFailure application
        ? PlainText.of(application.getOriginalMessage(), 300)
        : null;
  }
}
