package dev.repofleet.starter.embedded;

import dev.repofleet.starter.CommandException;
import dev.repofleet.workflows.client.TemporalConnection;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.api.deployment.v1.RoutingConfig;
import io.temporal.api.workflowservice.v1.DescribeWorkerDeploymentRequest;
import io.temporal.api.workflowservice.v1.SetWorkerDeploymentCurrentVersionRequest;
import io.temporal.api.workflowservice.v1.WorkflowServiceGrpc.WorkflowServiceBlockingStub;
import java.time.Duration;
import java.util.Locale;
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
      return new Routing(
          routing.hasCurrentDeploymentVersion()
              ? routing.getCurrentDeploymentVersion().getBuildId()
              : null,
          routing.hasRampingDeploymentVersion()
              ? routing.getRampingDeploymentVersion().getBuildId()
              : null,
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
  String command(String build) {
    return "`temporal worker deployment set-current-version --deployment-name "
        + name
        + " --build-id "
        + build
        + "`";
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
    return connection
        .client()
        .getWorkflowServiceStubs()
        .blockingStub()
        .withDeadlineAfter(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
  }
}
