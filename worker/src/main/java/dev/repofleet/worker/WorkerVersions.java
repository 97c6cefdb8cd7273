package dev.repofleet.worker;

import io.temporal.common.WorkerDeploymentVersion;
import java.util.Map;
import java.util.Optional;

/**
 * Which version of a Temporal worker deployment a worker is, if any. Not to be instantiated.
 *
 * <p>Without a version any worker takes any task, so that an upgrade is: end the old ones, start
 * new ones. With a version Temporal gives tasks only to the version that is current, or ramping;
 * all workflows of the fleet move on to it with their next task ({@code AUTO_UPGRADE}): a fleet
 * whose old workers are gone must not stand still, and each release replays what earlier ones
 * recorded.
 *
 * <p>The variables have the names that Temporal's worker controller for Kubernetes sets.
 */
public final class WorkerVersions {
  /** Names the worker deployment. */
  public static final String DEPLOYMENT = "TEMPORAL_DEPLOYMENT_NAME";

  /** Tells builds of the worker apart. */
  public static final String BUILD = "TEMPORAL_WORKER_BUILD_ID";

  private WorkerVersions() {}

  /**
   * The version in an environment, or none.
   *
   * @throws IllegalArgumentException when one variable is set without the other, or the
   *     deployment's name holds a character that the server keeps for itself
   */
  public static Optional<WorkerDeploymentVersion> of(Map<String, String> environment) {
    String deployment = environment.getOrDefault(DEPLOYMENT, "").strip();
    String build = environment.getOrDefault(BUILD, "").strip();
    if (deployment.isEmpty() && build.isEmpty()) {
      return Optional.empty();
    }
    if (deployment.isEmpty() || build.isEmpty()) {
      throw new IllegalArgumentException(
          (deployment.isEmpty() ? BUILD : DEPLOYMENT)
              + " is set without "
              + (deployment.isEmpty() ? DEPLOYMENT : BUILD)
              + ": a worker has a version by both, or none");
    }
    // Refused by the server at each poll (observed, server 1.32), where only the log would tell.
    if (deployment.matches(".*[.:].*") || deployment.startsWith("__")) {
      throw new IllegalArgumentException(
          DEPLOYMENT
              + " is '"
              + deployment
              + "': Temporal allows no dot and no colon in it, and no __ at its beginning");
    }
    return Optional.of(new WorkerDeploymentVersion(deployment, build));
  }
}
