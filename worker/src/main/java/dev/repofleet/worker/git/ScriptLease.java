package dev.repofleet.worker.git;

import io.temporal.activity.ActivityInfo;
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
  /** Of an attempt at work for a lease. */
  public static ScriptLease of(@Nullable String id, ActivityInfo attempt) {
    return new ScriptLease(id, attempt.getWorkflowRunId());
  }

  /** What {@code lease.sh} takes. */
  public Map<String, String> variables() {
    return id == null ? Map.of() : Map.of("RF_LEASE", id, "RF_LEASE_RUN", run);
  }
}
