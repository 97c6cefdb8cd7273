package dev.repofleet.workflows;

import io.temporal.failure.ApplicationFailure;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Why what was asked for can't be done as it was asked: a failure of an activity or a workflow that
 * is no {@link Cause} of a review's end. Types of failures are in histories: none changes.
 */
public enum Refusal {
  /** The plan can't be read, or asks for what the workers do not allow. */
  PLAN_INVALID,
  /** The list of targets can't be read, or ends too early. */
  MANIFEST_INVALID,
  /** There is a batch of that id, of something else. */
  BATCH_EXISTS,
  /** Somebody has begun to delete the batch. */
  BATCH_DELETING,
  /** The store does not have what the schedule's runs begin with. */
  SCHEDULE_GONE,
  /** What a review knew at its end is not there, so it can't be gone on with. */
  STATE_MISSING,
  /** The worker keeps its artifacts in another store than the batch. */
  STORE_MISMATCH,
  /** The workers have no model for the agent. */
  NO_MODEL;

  /** The failure's type. */
  public String type() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether a failure's type is this one. */
  public boolean is(@Nullable String failureType) {
    return type().equals(failureType);
  }

  /** The failure, which nobody tries again. */
  public ApplicationFailure because(String message) {
    return ApplicationFailure.newNonRetryableFailure(message, type());
  }
}
