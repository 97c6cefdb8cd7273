package dev.repofleet.worker.activity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.temporal.failure.ApplicationFailure;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Until when an attempt may act. */
class AttemptTimeTest {
  @Test
  void itEndsBeforeTheAttemptDoesByWhatARequestMayTake() {
    assertThat(AttemptTime.mayAct(Duration.ofMinutes(5))).isEqualTo(Duration.ofSeconds(290));
    assertThat(AttemptTime.mayAct(Duration.ofSeconds(15))).isEqualTo(Duration.ofMillis(7500));
    assertThat(AttemptTime.mayAct(Duration.ZERO)).isGreaterThan(Duration.ofDays(300));
  }

  @Test
  void whoIsTooLateIsRefusedByAFailureThatIsTriedAgain() {
    assertThatCode(() -> new AttemptTime(Duration.ofHours(1)).require("x"))
        .doesNotThrowAnyException();
    ApplicationFailure late =
        catchThrowableOfType(
            ApplicationFailure.class, () -> new AttemptTime(Duration.ZERO).require("lease 1"));
    assertThat(late.isNonRetryable()).isFalse();
    assertThat(late.getOriginalMessage()).startsWith("lease 1: this attempt's time is over");
  }
}
