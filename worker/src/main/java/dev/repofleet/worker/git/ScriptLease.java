package dev.repofleet.worker.git;

import dev.repofleet.worker.activity.FailureMapper;
import dev.repofleet.workflows.Cause;
import io.temporal.activity.ActivityInfo;
import io.temporal.failure.ApplicationFailure;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * For which lease an attempt works, as the scripts ask that let nobody in whose lease is over: a
 * sandbox that is used again may be another lease's when a worker that stood still goes on.
 *
 * @param id of the lease; absent where none matters
 * @param run of the workflow whose attempt it is
 */
public record ScriptLease(@Nullable String id, String run) {
  private static final int OVER = 71;

  /** Of an attempt at work for a lease. */
  public static ScriptLease of(@Nullable String id, ActivityInfo attempt) {
    return new ScriptLease(id, attempt.getWorkflowRunId());
  }

  /**
   * Lets an attempt go on whose lease is not over in its sandbox.
   *
   * @param exitCode of a script
   * @throws ApplicationFailure {@code sandbox_lost}, where the script says so: the review gets
   *     another one
   */
  public static void requireHere(int exitCode, String sandboxId, String said) {
    if (exitCode == OVER) {
      throw FailureMapper.failure(
          Cause.SANDBOX_LOST,
          "sandbox " + sandboxId + " is another lease's now: " + said.strip(),
          null);
    }
  }

  /** What {@code lease.sh} takes. */
  public Map<String, String> variables() {
    return id == null ? Map.of() : Map.of("RF_LEASE", id, "RF_LEASE_RUN", run);
  }
}
