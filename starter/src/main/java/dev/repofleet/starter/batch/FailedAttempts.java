package dev.repofleet.starter.batch;

import com.google.protobuf.util.Timestamps;
import dev.repofleet.starter.render.PlainText;
import io.temporal.api.enums.v1.PendingActivityState;
import io.temporal.api.enums.v1.TimeoutType;
import io.temporal.api.failure.v1.Failure;
import io.temporal.api.workflow.v1.PendingActivityInfo;
import io.temporal.common.converter.DataConverter;
import io.temporal.failure.TemporalFailure;
import java.time.Duration;
import java.util.Optional;

/**
 * Why a repository stays where it is: an activity of its review failed, and Temporal tries it
 * again.
 *
 * @param count how often in a row
 * @param pause between the latest and the next
 * @param reason of the latest, in one line
 */
record FailedAttempts(int count, Duration pause, String reason) {
  /** One is made good before a person has read of it, unless it is waited for longer. */
  private static final int WORTH_A_WORD = 2;

  private static final Duration LONG = Duration.ofMinutes(1);

  private static final int MOST = 300;

  /**
   * Empty when the latest attempt just lost its worker, since another one goes on where it was, and
   * when the next one is at work already.
   */
  static Optional<FailedAttempts> of(PendingActivityInfo activity, DataConverter converter) {
    Failure failure = activity.getLastFailure();
    boolean lostItsWorker =
        failure.getTimeoutFailureInfo().getTimeoutType() == TimeoutType.TIMEOUT_TYPE_HEARTBEAT;
    return activity.hasLastFailure() && !lostItsWorker && !isAtWork(activity)
        ? Optional.of(
            new FailedAttempts(
                activity.getAttempt() - 1,
                Duration.ofSeconds(activity.getCurrentRetryInterval().getSeconds()),
                PlainText.of(reason(failure, converter), MOST)))
        : Optional.empty();
  }

  /** Whether this attempt has been heard of since it began. */
  private static boolean isAtWork(PendingActivityInfo activity) {
    return activity.getState() == PendingActivityState.PENDING_ACTIVITY_STATE_STARTED
        && Timestamps.compare(activity.getLastHeartbeatTime(), activity.getLastStartedTime()) > 0;
  }

  /** As the activity said it; the SDK puts its own words around that. */
  private static String reason(Failure failure, DataConverter converter) {
    return converter.failureToException(failure) instanceof TemporalFailure known
        ? known.getOriginalMessage()
        : failure.getMessage();
  }

  boolean worthAWord() {
    return count >= WORTH_A_WORD || pause.compareTo(LONG) >= 0;
  }

  /**
   * For a person.
   *
   * @param target of whom
   * @param stage where it stays
   */
  String line(String target, String stage) {
    String name = PlainText.of(target);
    String why = reason.startsWith(name + ": ") ? reason.substring(name.length() + 2) : reason;
    String often = count == 1 ? "once" : count + " times";
    return "%s: %s failed %s and is tried again: %s".formatted(name, stage, often, why);
  }
}
