package dev.repofleet.starter.pool;

import com.google.protobuf.Timestamp;
import dev.repofleet.starter.command.CommandException;
import dev.repofleet.starter.command.FleetOption;
import dev.repofleet.starter.server.TemporalAwayException;
import dev.repofleet.starter.server.TemporalUpdates;
import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.client.ReviewRuns;
import dev.repofleet.workflows.client.TemporalConnection;
import dev.repofleet.workflows.client.encryption.PayloadEncryptionException;
import dev.repofleet.workflows.pool.PoolInput;
import dev.repofleet.workflows.pool.PoolPage;
import dev.repofleet.workflows.pool.PoolStatus;
import dev.repofleet.workflows.pool.SandboxPoolWorkflow;
import dev.repofleet.workflows.pool.SandboxPoolWorkflowImpl;
import dev.repofleet.workflows.pool.settings.PoolSettings;
import dev.repofleet.workflows.pool.settings.PoolSettingsChange;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.api.common.v1.Memo;
import io.temporal.api.common.v1.Payload;
import io.temporal.api.common.v1.Payloads;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.enums.v1.WorkflowIdConflictPolicy;
import io.temporal.api.enums.v1.WorkflowIdReusePolicy;
import io.temporal.api.query.v1.WorkflowQuery;
import io.temporal.api.workflow.v1.WorkflowExecutionInfo;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionRequest;
import io.temporal.api.workflowservice.v1.QueryWorkflowRequest;
import io.temporal.api.workflowservice.v1.WorkflowServiceGrpc.WorkflowServiceBlockingStub;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowExecutionAlreadyStarted;
import io.temporal.client.WorkflowOptions;
import io.temporal.common.converter.DataConverter;
import io.temporal.common.converter.DataConverterException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The pool of one fleet on one server. Every call has a deadline of its own: the SDK's client would
 * wait for a minute where nobody answers. Thread-safe; the connection stays the caller's.
 */
final class FleetPool {
  private static final Duration DESCRIBE = Duration.ofSeconds(5);

  /** A worker that has just taken the pool over reads its whole history first. */
  private static final Duration QUERY = Duration.ofSeconds(10);

  private final TemporalConnection connection;
  private final Fleet fleet;

  FleetPool(TemporalConnection connection, Fleet fleet) {
    this.connection = connection;
    this.fleet = fleet;
  }

  /**
   * A pool that the server knows.
   *
   * @param open false once it was terminated; the next request for a permit starts it again
   * @param closedAt absent while it is open
   * @param settings it was last told, also while no worker answers; absent when none are known
   */
  record Run(boolean open, @Nullable Instant closedAt, @Nullable PoolSettings settings) {}

  /**
   * What a pool said of itself.
   *
   * @param status absent when it said nothing that can be read
   * @param problem then: why, and the way out
   */
  record Answer(@Nullable PoolStatus status, @Nullable String problem) {
    /**
     * The status.
     *
     * @throws CommandException with exit code 5 when there is none
     */
    PoolStatus require() {
      if (status == null) {
        throw CommandException.unreachable(String.valueOf(problem), null);
      }
      return status;
    }
  }

  /** The latest run; empty when the server knows none. Needs no worker. */
  Optional<Run> latest() {
    try {
      WorkflowExecutionInfo info =
          stub(DESCRIBE)
              .describeWorkflowExecution(
                  DescribeWorkflowExecutionRequest.newBuilder()
                      .setNamespace(connection.namespace())
                      .setExecution(execution())
                      .build())
              .getWorkflowExecutionInfo();
      boolean open = ReviewRuns.isOpen(info.getStatus());
      return Optional.of(
          new Run(open, open ? null : instant(info.getCloseTime()), settings(info.getMemo())));
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() == Status.Code.NOT_FOUND) {
        return Optional.empty();
      }
      throw away(e);
    }
  }

  private @Nullable PoolSettings settings(Memo memo) {
    Payload payload = memo.getFieldsMap().get(SandboxPoolWorkflowImpl.SETTINGS_MEMO);
    try {
      return payload == null
          ? null
          : converter().fromPayload(payload, PoolSettings.class, PoolSettings.class);
    } catch (PayloadEncryptionException e) {
      throw e;
    } catch (DataConverterException e) {
      return null; // another version's
    }
  }

  private DataConverter converter() {
    return connection.client().getOptions().getDataConverter();
  }

  /**
   * Asks the pool. A worker of the fleet answers.
   *
   * @throws TemporalAwayException when the server itself does not answer
   */
  Answer status() {
    try {
      Payloads answer =
          stub(QUERY)
              .queryWorkflow(
                  QueryWorkflowRequest.newBuilder()
                      .setNamespace(connection.namespace())
                      .setExecution(execution())
                      .setQuery(WorkflowQuery.newBuilder().setQueryType("status"))
                      .build())
              .getQueryResult();
      @Nullable PoolStatus status =
          converter().fromPayloads(0, Optional.of(answer), PoolStatus.class, PoolStatus.class);
      return status == null ? unreadable() : new Answer(status, null);
    } catch (PayloadEncryptionException e) {
      throw e;
    } catch (DataConverterException e) {
      return unreadable();
    } catch (StatusRuntimeException e) {
      return switch (e.getStatus().getCode()) {
        case UNAVAILABLE, UNAUTHENTICATED, PERMISSION_DENIED -> throw away(e);
        case INVALID_ARGUMENT -> unreadable();
        default -> new Answer(null, silence());
      };
    }
  }

  private String silence() {
    return name()
        + " does not answer: no worker polls task queue "
        + fleet.taskQueue()
        + ", or it is busy: start one with "
        + FleetOption.worker(fleet.taskQueue());
  }

  private Answer unreadable() {
    return new Answer(
        null,
        name()
            + " answers in a form that this version does not read: take the version of repofleet"
            + " that its workers run, or restart them with this one");
  }

  /**
   * Changes settings of the open pool.
   *
   * @return those in force now; empty when no pool is open
   */
  Optional<PoolSettings> set(PoolSettingsChange change) {
    try {
      return new TemporalUpdates(connection)
          .ask(fleet.poolWorkflowId(), "set", PoolSettings.class, change);
    } catch (TemporalUpdates.Refused e) {
      throw CommandException.wrongUse(name() + " refuses that: " + e.sentence());
    }
  }

  /** Starts it where none is open. False when somebody else has just done so. */
  boolean start(PoolSettings settings) {
    return start(
        settings,
        options()
            .setWorkflowIdConflictPolicy(
                WorkflowIdConflictPolicy.WORKFLOW_ID_CONFLICT_POLICY_FAIL));
  }

  /**
   * Terminates what there is and starts it anew, in one step: no request can begin another one
   * between the two.
   *
   * @param settings absent: those of the run before it, as far as the server still knows it
   */
  void startAnew(@Nullable PoolSettings settings) {
    boolean started =
        start(
            settings,
            options()
                .setWorkflowIdConflictPolicy(
                    WorkflowIdConflictPolicy.WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING));
    if (!started) {
      throw CommandException.unreachable(
          name() + " was not terminated by Temporal at " + connection.address() + ": try again",
          null);
    }
  }

  private boolean start(@Nullable PoolSettings settings, WorkflowOptions.Builder options) {
    if (settings != null) {
      options.setMemo(Map.of(SandboxPoolWorkflowImpl.SETTINGS_MEMO, settings));
    }
    SandboxPoolWorkflow pool =
        connection.client().newWorkflowStub(SandboxPoolWorkflow.class, options.build());
    try {
      WorkflowClient.start(pool::run, new PoolInput(1, fleet.name(), settings, null));
      return true;
    } catch (WorkflowExecutionAlreadyStarted e) {
      return false;
    }
  }

  private WorkflowOptions.Builder options() {
    return WorkflowOptions.newBuilder()
        .setWorkflowId(fleet.poolWorkflowId())
        .setWorkflowIdReusePolicy(WorkflowIdReusePolicy.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE)
        .setTaskQueue(fleet.taskQueue())
        .setStaticSummary("pool of " + fleet.name())
        .setStaticDetails(PoolPage.about(fleet.name()));
  }

  /** For the beginning of a sentence. */
  String name() {
    return "pool " + fleet.poolWorkflowId();
  }

  /** For sentences that say that there is none. */
  String place() {
    return fleet.name() + " at " + connection.address() + ", namespace " + connection.namespace();
  }

  private WorkflowExecution execution() {
    return WorkflowExecution.newBuilder().setWorkflowId(fleet.poolWorkflowId()).build();
  }

  private WorkflowServiceBlockingStub stub(Duration deadline) {
    return connection
        .client()
        .getWorkflowServiceStubs()
        .blockingStub()
        .withDeadlineAfter(deadline.toMillis(), TimeUnit.MILLISECONDS);
  }

  private static Instant instant(Timestamp timestamp) {
    return Instant.ofEpochSecond(timestamp.getSeconds());
  }

  private TemporalAwayException away(StatusRuntimeException failure) {
    return TemporalAwayException.of(
        connection, failure, ": so it can't be told how " + name() + " stands");
  }
}
