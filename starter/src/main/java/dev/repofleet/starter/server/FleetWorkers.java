package dev.repofleet.starter.server;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.google.protobuf.Timestamp;
import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.client.TemporalConnection;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.deployment.v1.WorkerDeploymentOptions;
import io.temporal.api.enums.v1.PendingActivityState;
import io.temporal.api.enums.v1.TaskQueueType;
import io.temporal.api.enums.v1.WorkerVersioningMode;
import io.temporal.api.taskqueue.v1.PollerInfo;
import io.temporal.api.taskqueue.v1.TaskQueue;
import io.temporal.api.workflow.v1.PendingActivityInfo;
import io.temporal.api.workflowservice.v1.DescribeTaskQueueRequest;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionRequest;
import io.temporal.api.workflowservice.v1.ListWorkflowExecutionsRequest;
import io.temporal.api.workflowservice.v1.WorkflowServiceGrpc.WorkflowServiceBlockingStub;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A fleet's workers as its Temporal server knows them: by their polls and by what they follow. For
 * one thread and one look.
 */
public final class FleetWorkers {
  /** Longer than a worker's long poll, which is what a task queue remembers of it. */
  public static final Duration POLLED_LATELY = Duration.ofSeconds(75);

  /** Each review is a question to the server. */
  static final int MAX_REVIEWS = 500;

  private static final Duration LIMIT = Duration.ofSeconds(10);

  private final TemporalConnection connection;
  private final Fleet fleet;
  private final Clock clock;
  private final Map<String, Instant> lastSeen = new TreeMap<>();
  private final Map<String, TreeSet<String>> polls = new HashMap<>();
  private final Map<String, Integer> agents = new HashMap<>();
  private final Map<String, WorkerDeploymentOptions> versions = new HashMap<>();
  private int unfollowed;

  /** Of a fleet on a server; the connection stays the caller's. */
  public FleetWorkers(TemporalConnection connection, Fleet fleet, Clock clock) {
    this.connection = connection;
    this.fleet = fleet;
    this.clock = clock;
  }

  /**
   * A worker.
   *
   * @param worker its identity: process id and host unless it was named
   * @param agents it follows now
   * @param polls what it asks for: {@code workflows}, {@code activities}, {@code agents}
   * @param lastSeen when it last asked, or its heartbeat last came
   * @param deployment worker deployment of its version; absent when it has none
   * @param buildId of its version, within the deployment
   */
  @JsonPropertyOrder({"type", "worker", "agents", "polls", "lastSeen", "deployment", "buildId"})
  public record Seen(
      String worker,
      int agents,
      List<String> polls,
      Instant lastSeen,
      @Nullable String deployment,
      @Nullable String buildId) {
    /** Takes a copy of the list. */
    public Seen {
      polls = List.copyOf(polls);
    }

    /** What tells this line from others. */
    @JsonProperty("type")
    public String type() {
      return "worker";
    }

    /** Whether it has not asked for long: the server names who has ended for minutes more. */
    public boolean isLate(Instant now) {
      return lastSeen.isBefore(now.minus(POLLED_LATELY));
    }

    /** As Temporal's own command line writes it; nothing for a worker that has none. */
    String version() {
      return deployment == null ? "" : deployment + ":" + buildId;
    }
  }

  /**
   * What was found.
   *
   * @param workers busiest first
   * @param unfollowed agents whose follower is being replaced
   * @param more reviews are in work than were asked about
   */
  public record Found(List<Seen> workers, int unfollowed, boolean more) {}

  /**
   * Asks the server.
   *
   * @throws TemporalAwayException when it does not answer
   */
  public Found look() {
    try {
      pollers(fleet.taskQueue(), TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW, "workflows");
      pollers(fleet.taskQueue(), TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY, "activities");
      pollers(fleet.runTaskQueue(), TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY, "agents");
      boolean more = follows();
      List<Seen> workers = new ArrayList<>();
      lastSeen.forEach(
          (worker, at) ->
              workers.add(
                  new Seen(
                      worker,
                      agents.getOrDefault(worker, 0),
                      List.copyOf(polls.getOrDefault(worker, new TreeSet<>())),
                      at,
                      versions.containsKey(worker)
                          ? versions.get(worker).getDeploymentName()
                          : null,
                      versions.containsKey(worker) ? versions.get(worker).getBuildId() : null)));
      workers.sort(Comparator.comparing(Seen::agents).reversed());
      return new Found(List.copyOf(workers), unfollowed, more);
    } catch (StatusRuntimeException e) {
      throw TemporalAwayException.of(connection, e, ": so it can't be told who works");
    }
  }

  private void pollers(String taskQueue, TaskQueueType type, String what) {
    List<PollerInfo> pollers =
        stub()
            .describeTaskQueue(
                DescribeTaskQueueRequest.newBuilder()
                    .setNamespace(connection.namespace())
                    .setTaskQueue(TaskQueue.newBuilder().setName(taskQueue))
                    .setTaskQueueType(type)
                    .build())
            .getPollersList();
    for (PollerInfo poller : pollers) {
      saw(poller.getIdentity(), poller.getLastAccessTime());
      if (poller.getDeploymentOptions().getWorkerVersioningMode()
          == WorkerVersioningMode.WORKER_VERSIONING_MODE_VERSIONED) {
        versions.put(poller.getIdentity(), poller.getDeploymentOptions());
      }
      polls.computeIfAbsent(poller.getIdentity(), name -> new TreeSet<>()).add(what);
    }
  }

  private void saw(String worker, Timestamp at) {
    Instant time =
        Instant.ofEpochSecond(at.getSeconds(), at.getNanos()).truncatedTo(ChronoUnit.MILLIS);
    Instant now = clock.instant();
    lastSeen.merge(
        worker, time.isAfter(now) ? now : time, (one, other) -> one.isAfter(other) ? one : other);
  }

  /** Whether reviews in work were left out. */
  private boolean follows() {
    var page =
        stub()
            .listWorkflowExecutions(
                ListWorkflowExecutionsRequest.newBuilder()
                    .setNamespace(connection.namespace())
                    .setPageSize(MAX_REVIEWS)
                    .setQuery(
                        "WorkflowType = 'RepositoryReview' AND ExecutionStatus = 'Running' AND"
                            + " TaskQueue = '"
                            + fleet.taskQueue()
                            + "'")
                    .build());
    page.getExecutionsList().forEach(review -> followers(review.getExecution()));
    return !page.getNextPageToken().isEmpty();
  }

  private void followers(WorkflowExecution review) {
    List<PendingActivityInfo> pending;
    try {
      pending =
          stub()
              .describeWorkflowExecution(
                  DescribeWorkflowExecutionRequest.newBuilder()
                      .setNamespace(connection.namespace())
                      .setExecution(review)
                      .build())
              .getPendingActivitiesList();
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() == Status.Code.NOT_FOUND) {
        return;
      }
      throw e;
    }
    for (PendingActivityInfo activity : pending) {
      if (!activity.getActivityType().getName().equals("Run")) {
        continue;
      }
      boolean followed = activity.getState() == PendingActivityState.PENDING_ACTIVITY_STATE_STARTED;
      if (followed) {
        agents.merge(activity.getLastWorkerIdentity(), 1, Integer::sum);
        saw(activity.getLastWorkerIdentity(), activity.getLastHeartbeatTime());
      } else {
        unfollowed++;
      }
    }
  }

  private WorkflowServiceBlockingStub stub() {
    return connection
        .client()
        .getWorkflowServiceStubs()
        .blockingStub()
        .withDeadlineAfter(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
  }
}
