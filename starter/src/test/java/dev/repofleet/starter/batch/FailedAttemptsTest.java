package dev.repofleet.starter.batch;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.util.Durations;
import com.google.protobuf.util.Timestamps;
import io.temporal.api.enums.v1.PendingActivityState;
import io.temporal.api.enums.v1.TimeoutType;
import io.temporal.api.failure.v1.ApplicationFailureInfo;
import io.temporal.api.failure.v1.Failure;
import io.temporal.api.failure.v1.TimeoutFailureInfo;
import io.temporal.api.workflow.v1.PendingActivityInfo;
import io.temporal.common.converter.DefaultDataConverter;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FailedAttemptsTest {

  private static Optional<FailedAttempts> after(int attempts, Failure.Builder failure) {
    return FailedAttempts.of(
        PendingActivityInfo.newBuilder().setAttempt(attempts + 1).setLastFailure(failure).build(),
        DefaultDataConverter.STANDARD_INSTANCE);
  }

  private static Failure.Builder timeout(TimeoutType type) {
    return Failure.newBuilder()
        .setMessage("activity " + type)
        .setTimeoutFailureInfo(TimeoutFailureInfo.newBuilder().setTimeoutType(type));
  }

  @Test
  void theReasonIsTheActivitysOwnSentenceOnOneLine() {
    Failure.Builder failure =
        Failure.newBuilder()
            .setMessage("o/r: the host\ndoes not\u001b[2J answer")
            .setApplicationFailureInfo(
                ApplicationFailureInfo.newBuilder().setType("git_transient"));

    assertThat(after(3, failure))
        .get()
        .extracting(failed -> failed.line("o/r", "clone"))
        .isEqualTo("o/r: clone failed 3 times and is tried again: the host does not[2J answer");
  }

  @Test
  void oneFailureIsNotWorthAWordUnlessTheNextAttemptIsFar() {
    PendingActivityInfo.Builder once =
        PendingActivityInfo.newBuilder()
            .setAttempt(2)
            .setLastFailure(Failure.newBuilder().setMessage("no answer"))
            .setCurrentRetryInterval(Durations.fromSeconds(30));
    assertThat(of(once).worthAWord()).isFalse();
    assertThat(of(once.setAttempt(3)).worthAWord()).isTrue();

    FailedAttempts far = of(once.setAttempt(2).setCurrentRetryInterval(Durations.fromMinutes(5)));
    assertThat(far.worthAWord()).isTrue();
    assertThat(far.line("o/r", "lease"))
        .isEqualTo("o/r: lease failed once and is tried again: no answer");
  }

  private static FailedAttempts of(PendingActivityInfo.Builder activity) {
    return FailedAttempts.of(activity.build(), DefaultDataConverter.STANDARD_INSTANCE)
        .orElseThrow();
  }

  @Test
  void aWorkerThatDiedIsNotTheRepositorysTrouble() {
    assertThat(after(2, timeout(TimeoutType.TIMEOUT_TYPE_HEARTBEAT))).isEmpty();
    assertThat(after(2, timeout(TimeoutType.TIMEOUT_TYPE_START_TO_CLOSE))).isPresent();
  }

  @Test
  void anAttemptThatHasBeenHeardOfIsAtWork() {
    PendingActivityInfo.Builder begun =
        PendingActivityInfo.newBuilder()
            .setAttempt(3)
            .setState(PendingActivityState.PENDING_ACTIVITY_STATE_STARTED)
            .setLastFailure(Failure.newBuilder().setMessage("no answer"))
            .setLastStartedTime(Timestamps.fromMillis(1000))
            .setLastHeartbeatTime(Timestamps.fromMillis(900));
    assertThat(FailedAttempts.of(begun.build(), DefaultDataConverter.STANDARD_INSTANCE))
        .isPresent();
    begun.setLastHeartbeatTime(Timestamps.fromMillis(1100));
    assertThat(FailedAttempts.of(begun.build(), DefaultDataConverter.STANDARD_INSTANCE)).isEmpty();
  }

  @Test
  void whatHasNotFailedIsNotTried() {
    assertThat(
            FailedAttempts.of(
                PendingActivityInfo.newBuilder().setAttempt(1).build(),
                DefaultDataConverter.STANDARD_INSTANCE))
        .isEmpty();
  }
}
