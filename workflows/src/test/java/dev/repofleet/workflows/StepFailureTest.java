package dev.repofleet.workflows;

import static org.assertj.core.api.Assertions.assertThat;

import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.enums.v1.RetryState;
import io.temporal.api.enums.v1.TimeoutType;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.CanceledFailure;
import io.temporal.failure.ChildWorkflowFailure;
import io.temporal.failure.TemporalFailure;
import io.temporal.failure.TerminatedFailure;
import io.temporal.failure.TimeoutFailure;
import org.junit.jupiter.api.Test;

class StepFailureTest {
  private static TemporalFailure activity(Throwable cause) {
    return new ActivityFailure(
        "activity failed",
        1,
        2,
        "Clone",
        "id",
        RetryState.RETRY_STATE_NON_RETRYABLE_FAILURE,
        "worker",
        cause);
  }

  @Test
  void takesTheCauseFromTheFailuresType() {
    assertThat(
            StepFailure.of(
                activity(ApplicationFailure.newFailure("no such branch", "git_not_found"))))
        .isEqualTo(new StepFailure(Cause.GIT_NOT_FOUND, "no such branch"));
  }

  @Test
  void callsATypeWithoutANameInternal() {
    assertThat(
            StepFailure.of(activity(ApplicationFailure.newFailure("oops", "java.io.IOException"))))
        .isEqualTo(new StepFailure(Cause.INTERNAL, "oops"));
  }

  @Test
  void saysInPlainWordsWhatCameWithoutAny() {
    assertThat(StepFailure.of(activity(ApplicationFailure.newFailure("", "model_auth"))).message())
        .isEqualTo(Cause.MODEL_AUTH.sentence());
  }

  @Test
  void knowsCancellationsAndTimeouts() {
    assertThat(StepFailure.of(activity(new CanceledFailure("x"))).cause())
        .isEqualTo(Cause.CANCELLED);
    StepFailure timeout =
        StepFailure.of(
            activity(new TimeoutFailure("late", null, TimeoutType.TIMEOUT_TYPE_START_TO_CLOSE)));
    assertThat(timeout.cause()).isEqualTo(Cause.INTERNAL);
    assertThat(timeout.message()).contains("START_TO_CLOSE");
  }

  @Test
  void judgesAnyOtherFailureByItsMessage() {
    StepFailure terminated =
        StepFailure.of(
            new ChildWorkflowFailure(
                1,
                2,
                "RepositoryReview",
                WorkflowExecution.getDefaultInstance(),
                "default",
                RetryState.RETRY_STATE_NON_RETRYABLE_FAILURE,
                new TerminatedFailure("by hand", null)));

    assertThat(terminated.cause()).isEqualTo(Cause.INTERNAL);
    assertThat(terminated.message()).contains("RepositoryReview");
  }

  @Test
  void keepsNoMoreThanALineAndNoHalfCharacter() {
    String message = new StepFailure(Cause.INTERNAL, "a" + "😀".repeat(400)).message();

    assertThat(message).hasSizeLessThanOrEqualTo(StepFailure.MAX_MESSAGE).endsWith("😀…");
    assertThat(new StepFailure(Cause.INTERNAL, "b" + message).message()).endsWith("😀…");
  }
}
