package dev.repofleet.starter.embedded;

import dev.repofleet.starter.command.CommandException;
import dev.repofleet.workflows.client.TemporalConnection;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.api.deployment.v1.RoutingConfig;
import io.temporal.api.enums.v1.TaskQueueType;
import io.temporal.api.taskqueue.v1.TaskQueue;
import io.temporal.api.taskqueue.v1.TaskQueueVersioningInfo;
import io.temporal.api.workflowservice.v1.DescribeTaskQueueRequest;
import io.temporal.api.workflowservice.v1.DescribeWorkerDeploymentRequest;
import io.temporal.api.workflowservice.v1.SetWorkerDeploymentCurrentVersionRequest;
import io.temporal.api.workflowservice.v1.WorkflowServiceGrpc.WorkflowServiceBlockingStub;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A worker deployment of Temporal: which of its versions gets tasks. Thread-safe; the connection
 * stays the caller's.
 */
final class WorkerDeployment {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final TemporalConnection connection;
  private final String name;

  WorkerDeployment(TemporalConnection connection, String name) {
    this.connection = connection;
    this.name = name;
  }

  /**
   * The deployment whose current version gets the tasks of a queue; none when workers without a
   * version do.
   *
   * @throws CommandException with exit code 5 when the server does not say
   */
  static Optional<String> of(TemporalConnection connection, String taskQueue) {
    try {
      TaskQueueVersioningInfo routing =
          stub(connection)
              .describeTaskQueue(
                  DescribeTaskQueueRequest.newBuilder()
                      .setNamespace(connection.namespace())
                      .setTaskQueue(TaskQueue.newBuilder().setName(taskQueue))
                      .setTaskQueueType(TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW)
                      .build())
              .getVersioningInfo();
      return routing.hasCurrentDeploymentVersion()
          ? Optional.of(routing.getCurrentDeploymentVersion().getDeploymentName())
          : Optional.empty();
    } catch (StatusRuntimeException e) {
      throw CommandException.unreachable(
          "Temporal at "
              + connection.address()
              + " does not say who gets the tasks of "
              + taskQueue
              + ": "
              + e.getStatus(),
          e);
    }
  }

  /**
   * Who gets tasks.
   *
   * @param current build whose workers get them; none when no version was made current, so that no
   *     versioned worker gets any
   * @param ramping build that gets a part of them
   * @param percent how large that part is
   */
  record Routing(@Nullable String current, @Nullable String ramping, float percent) {
    /** For people. */
    String text() {
      return "build "
          + current
          + " is current"
          + (ramping == null
              ? ""
              : String.format(Locale.ROOT, ", build %s ramps up with %.0f %%", ramping, percent));
    }
  }

  /**
   * How the server routes tasks now.
   *
   * @throws CommandException with exit code 5 when it does not say
   */
  Routing routing() {
    try {
      RoutingConfig routing =
          stub()
              .describeWorkerDeployment(
                  DescribeWorkerDeploymentRequest.newBuilder()
                      .setNamespace(connection.namespace())
                      .setDeploymentName(name)
                      .build())
              .getWorkerDeploymentInfo()
              .getRoutingConfig();
      // A ramp that was taken back may still be there, with 0 % (observed, server 1.32).
      boolean ramps =
          routing.hasRampingDeploymentVersion() && routing.getRampingVersionPercentage() > 0;
      return new Routing(
          routing.hasCurrentDeploymentVersion()
              ? routing.getCurrentDeploymentVersion().getBuildId()
              : null,
          ramps ? routing.getRampingDeploymentVersion().getBuildId() : null,
          routing.getRampingVersionPercentage());
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() == Status.Code.NOT_FOUND) {
        return new Routing(null, null, 0);
      }
      throw explain("does not tell the versions of", e);
    }
  }

  /**
   * Makes a build current, also before a worker of it has polled.
   *
   * @throws CommandException with exit code 5 when the server refuses or does not answer
   */
  void makeCurrent(String build) {
    try {
      stub()
          .setWorkerDeploymentCurrentVersion(
              SetWorkerDeploymentCurrentVersionRequest.newBuilder()
                  .setNamespace(connection.namespace())
                  .setDeploymentName(name)
                  .setBuildId(build)
                  .setIdentity(connection.client().getOptions().getIdentity())
                  .setAllowNoPollers(true)
                  .build());
    } catch (StatusRuntimeException e) {
      throw explain("did not make build " + build + " the current one of", e);
    }
  }

  /** What a person would type to move the fleet on to a build. */
  static String command(String name, String build) {
    return give(name) + " --build-id " + build + "`";
  }

  /** What a person would type to let workers without a version have the work. */
  static String unversioned(String name) {
    return give(name) + " --unversioned`";
  }

  private static String give(String name) {
    return "`temporal worker deployment set-current-version --deployment-name " + name;
  }

  private CommandException explain(String what, StatusRuntimeException failure) {
    String where = "Temporal at " + connection.address() + " " + what;
    return CommandException.unreachable(
        switch (failure.getStatus().getCode()) {
          case UNIMPLEMENTED, FAILED_PRECONDITION ->
              where
                  + " worker deployment "
                  + name
                  + " ("
                  + failure.getStatus().getDescription()
                  + "): versions need Temporal's server 1.28 or newer";
          case PERMISSION_DENIED, UNAUTHENTICATED ->
              where + " worker deployment " + name + ": this login may not, ask an administrator";
          default -> where + " worker deployment " + name + ": " + failure.getStatus();
        },
        failure);
  }

  private WorkflowServiceBlockingStub stub() {
    return stub(connection);
  }

  private static WorkflowServiceBlockingStub stub(TemporalConnection connection) {
    return connection
        .client()
        .getWorkflowServiceStubs()
        .blockingStub()
        .withDeadlineAfter(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
  }
}
