package dev.repofleet.starter.batch;

import com.google.protobuf.Timestamp;
import dev.repofleet.starter.command.CommandException;
import dev.repofleet.starter.server.FleetWorkers;
import dev.repofleet.starter.server.TemporalAwayException;
import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.activities.agent.RunSeen;
import dev.repofleet.workflows.batch.BatchOutcome;
import dev.repofleet.workflows.batch.BatchProgress;
import dev.repofleet.workflows.client.ReviewRuns;
import dev.repofleet.workflows.client.TemporalConnection;
import dev.repofleet.workflows.review.RepositoryProgress;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.api.common.v1.Payloads;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.enums.v1.TaskQueueType;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.api.query.v1.WorkflowQuery;
import io.temporal.api.taskqueue.v1.PollerInfo;
import io.temporal.api.taskqueue.v1.TaskQueue;
import io.temporal.api.workflow.v1.PendingActivityInfo;
import io.temporal.api.workflow.v1.WorkflowExecutionInfo;
import io.temporal.api.workflowservice.v1.DescribeTaskQueueRequest;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionRequest;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionResponse;
import io.temporal.api.workflowservice.v1.QueryWorkflowRequest;
import io.temporal.api.workflowservice.v1.WorkflowServiceGrpc.WorkflowServiceBlockingStub;
import io.temporal.client.WorkflowFailedException;
import io.temporal.common.converter.DataConverter;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.CanceledFailure;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A batch on a Temporal server. Thread-safe; the connection stays the caller's.
 *
 * <p>It asks by single calls with deadlines of its own: the SDK's client would repeat a call for a
 * minute before it says that the server is away.
 */
public final class TemporalBatchView implements BatchView {
  private static final Duration DESCRIBE = Duration.ofSeconds(5);
  private static final Duration QUERY = Duration.ofSeconds(5);

  private final TemporalConnection connection;
  private final @Nullable Fleet fleet;
  private final String batch;
  private final Clock clock;

  /** A view of one batch. */
  public TemporalBatchView(TemporalConnection connection, String batch, Clock clock) {
    this(connection, null, batch, clock);
  }

  /**
   * A view of one batch that the server may have forgotten.
   *
   * @param fleet it was started for; absent where only the server knows
   */
  public TemporalBatchView(
      TemporalConnection connection, @Nullable Fleet fleet, String batch, Clock clock) {
    this.fleet = fleet;
    this.connection = connection;
    this.batch = batch;
    this.clock = clock;
  }

  @Override
  public Optional<BatchEnd> end() {
    Optional<WorkflowExecutionStatus> status = status();
    if (status.isEmpty()) {
      return Optional.of(
          new BatchEnd(BatchEnd.Kind.TERMINATED, null, "the server no longer knows the batch"));
    }
    if (ReviewRuns.isOpen(status.get())) {
      return Optional.empty();
    }
    return switch (status.get()) {
      case WORKFLOW_EXECUTION_STATUS_COMPLETED -> Optional.of(BatchEnd.COMPLETED);
      case WORKFLOW_EXECUTION_STATUS_CANCELED ->
          Optional.of(new BatchEnd(BatchEnd.Kind.CANCELLED, null, "it was cancelled"));
      case WORKFLOW_EXECUTION_STATUS_FAILED -> Optional.of(failure());
      default ->
          Optional.of(new BatchEnd(BatchEnd.Kind.TERMINATED, null, "its workflow was terminated"));
    };
  }

  @Override
  public Optional<Instant> runStartedAt() {
    return describe(Fleet.batchWorkflowId(batch))
        .map(WorkflowExecutionInfo::getStartTime)
        .map(TemporalBatchView::instant);
  }

  private Optional<WorkflowExecutionStatus> status() {
    return describe(Fleet.batchWorkflowId(batch)).map(WorkflowExecutionInfo::getStatus);
  }

  @Override
  public boolean reviewRuns(String key) {
    return describe(Fleet.reviewWorkflowId(batch, key))
        .map(WorkflowExecutionInfo::getStatus)
        .filter(ReviewRuns::isOpen)
        .isPresent();
  }

  /**
   * How it stands, in the word that {@code list} has for it; empty when the server knows no such
   * batch.
   *
   * @throws TemporalAwayException when the server does not answer
   */
  public Optional<String> statusWord() {
    return describe(Fleet.batchWorkflowId(batch)).map(BatchListing::status);
  }

  /** When the batch began; empty when the server knows no such batch. */
  public Optional<Instant> startedAt() {
    return describe(Fleet.batchWorkflowId(batch))
        .map(info -> BatchListing.startedAt(info, converter()));
  }

  @Override
  public Optional<FailedAttempts> failedAttempts(String key) {
    return attempts(Fleet.reviewWorkflowId(batch, key));
  }

  /**
   * Why a step of the workflow that is to begin the batch is tried again and again just now, as it
   * said it in its latest attempt.
   */
  public Optional<String> standstill(String workflowId) {
    return attempts(workflowId).filter(FailedAttempts::worthAWord).map(FailedAttempts::reason);
  }

  private Optional<FailedAttempts> attempts(String workflowId) {
    try {
      return description(workflowId).stream()
          .flatMap(known -> known.getPendingActivitiesList().stream())
          .flatMap(activity -> FailedAttempts.of(activity, converter()).stream())
          .max(Comparator.comparingInt(FailedAttempts::count));
    } catch (TemporalAwayException e) {
      return Optional.empty(); // a word more is not worth the look that it belongs to
    }
  }

  @Override
  public Optional<RunSeen.Numbers> run(String key) {
    return description(Fleet.reviewWorkflowId(batch, key)).stream()
        .flatMap(known -> known.getPendingActivitiesList().stream())
        .filter(activity -> activity.getActivityType().getName().equals("Run"))
        .filter(PendingActivityInfo::hasHeartbeatDetails)
        .map(activity -> value(activity.getHeartbeatDetails(), RunSeen.class))
        .flatMap(seen -> seen.map(RunSeen::progress).stream())
        .findFirst();
  }

  private Optional<WorkflowExecutionInfo> describe(String workflowId) {
    return description(workflowId).map(DescribeWorkflowExecutionResponse::getWorkflowExecutionInfo);
  }

  private Optional<DescribeWorkflowExecutionResponse> description(String workflowId) {
    try {
      return Optional.of(
          stub(DESCRIBE)
              .describeWorkflowExecution(
                  DescribeWorkflowExecutionRequest.newBuilder()
                      .setNamespace(connection.namespace())
                      .setExecution(execution(workflowId))
                      .build()));
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() == Status.Code.NOT_FOUND) {
        return Optional.empty();
      }
      throw away(e);
    }
  }

  /** The result is read only now that the workflow has ended, so this does not wait. */
  private BatchEnd failure() {
    try {
      connection
          .client()
          .newUntypedWorkflowStub(Fleet.batchWorkflowId(batch))
          .getResult(BatchOutcome.class);
      return BatchEnd.COMPLETED;
    } catch (WorkflowFailedException e) {
      Throwable cause = e.getCause();
      if (cause instanceof CanceledFailure) {
        return new BatchEnd(BatchEnd.Kind.CANCELLED, null, "it was cancelled");
      }
      for (Throwable link = cause; link != null; link = link.getCause()) {
        if (link instanceof ApplicationFailure application) {
          return new BatchEnd(
              BatchEnd.Kind.FAILED, application.getType(), application.getOriginalMessage());
        }
      }
      return new BatchEnd(
          BatchEnd.Kind.FAILED, null, cause == null ? e.getMessage() : cause.getMessage());
    }
  }

  @Override
  public Optional<BatchProgress> progress() {
    return query(Fleet.batchWorkflowId(batch), BatchProgress.class);
  }

  @Override
  public Optional<RepositoryProgress> repository(String key) {
    return query(Fleet.reviewWorkflowId(batch, key), RepositoryProgress.class);
  }

  private <T> Optional<T> query(String workflowId, Class<T> type) {
    try {
      Payloads answer =
          stub(QUERY)
              .queryWorkflow(
                  QueryWorkflowRequest.newBuilder()
                      .setNamespace(connection.namespace())
                      .setExecution(execution(workflowId))
                      .setQuery(WorkflowQuery.newBuilder().setQueryType("progress"))
                      .build())
              .getQueryResult();
      return value(answer, type);
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() == Status.Code.UNAVAILABLE) {
        throw away(e);
      }
      return Optional.empty();
    }
  }

  private <T> Optional<T> value(Payloads payloads, Class<T> type) {
    @Nullable T value = converter().fromPayloads(0, Optional.of(payloads), type, type);
    return Optional.ofNullable(value);
  }

  private DataConverter converter() {
    return connection.client().getOptions().getDataConverter();
  }

  /**
   * The fleet whose workers the batch was given to, whatever its id says; empty when the server
   * does not know the batch any more.
   */
  public Optional<Fleet> fleet() {
    if (fleet != null) {
      return Optional.of(fleet);
    }
    return description(Fleet.batchWorkflowId(batch))
        .map(known -> known.getExecutionConfig().getTaskQueue().getName())
        .flatMap(Fleet::polling);
  }

  /**
   * As {@link #fleet()}; of a batch that the server has forgotten, as its reviews left it in the
   * store, else the default one.
   */
  public Fleet fleet(BatchRecords records) {
    return fleet()
        .or(
            () ->
                records.targets().stream()
                    .flatMap(row -> records.fleet(row.key()).stream())
                    .findFirst())
        .orElse(Fleet.DEFAULT);
  }

  @Override
  public Optional<String> unattendedTaskQueue() {
    return fleet().flatMap(this::unattended);
  }

  private Optional<String> unattended(Fleet of) {
    return first(
        () -> unattended(of.runTaskQueue(), TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY),
        () -> unattended(of.taskQueue(), TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW));
  }

  @SafeVarargs
  private static Optional<String> first(Supplier<Optional<String>>... each) {
    for (Supplier<Optional<String>> one : each) {
      Optional<String> found = one.get();
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  private Optional<String> unattended(String taskQueue, TaskQueueType type) {
    Instant since = clock.instant().minus(FleetWorkers.POLLED_LATELY);
    try {
      boolean polled =
          stub(DESCRIBE)
              .describeTaskQueue(
                  DescribeTaskQueueRequest.newBuilder()
                      .setNamespace(connection.namespace())
                      .setTaskQueue(TaskQueue.newBuilder().setName(taskQueue))
                      .setTaskQueueType(type)
                      .build())
              .getPollersList()
              .stream()
              .map(PollerInfo::getLastAccessTime)
              .anyMatch(last -> instant(last).isAfter(since));
      return polled ? Optional.empty() : Optional.of(taskQueue);
    } catch (StatusRuntimeException e) {
      throw away(e);
    }
  }

  private static Instant instant(Timestamp timestamp) {
    return Instant.ofEpochSecond(timestamp.getSeconds(), timestamp.getNanos());
  }

  private static WorkflowExecution execution(String workflowId) {
    return WorkflowExecution.newBuilder().setWorkflowId(workflowId).build();
  }

  private WorkflowServiceBlockingStub stub(Duration deadline) {
    return connection
        .client()
        .getWorkflowServiceStubs()
        .blockingStub()
        .withDeadlineAfter(deadline.toMillis(), TimeUnit.MILLISECONDS);
  }

  private RuntimeException away(StatusRuntimeException failure) {
    return switch (failure.getStatus().getCode()) {
      case UNAUTHENTICATED, PERMISSION_DENIED ->
          CommandException.unreachable(
              "Temporal at "
                  + connection.address()
                  + " now refuses the login: check TEMPORAL_API_KEY or TEMPORAL_TLS_*",
              failure);
      default -> TemporalAwayException.of(connection, failure, "");
    };
  }
}
