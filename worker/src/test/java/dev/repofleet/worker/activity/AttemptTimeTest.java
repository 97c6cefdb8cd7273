package dev.repofleet.worker.activity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.temporal.failure.ApplicationFailure;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Until when an attempt may act. */
class AttemptTimeTest {
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");

  private AttemptTime time(Duration mayAct) {
    return new AttemptTime(mayAct, () -> now);
  }

  @Test
  void itEndsBeforeTheAttemptDoesByWhatARequestMayTake() {
    assertThat(AttemptTime.mayAct(Duration.ofMinutes(5))).isEqualTo(Duration.ofSeconds(290));
    assertThat(AttemptTime.mayAct(Duration.ofSeconds(15))).isEqualTo(Duration.ofMillis(7500));
    assertThat(AttemptTime.mayAct(Duration.ZERO)).isGreaterThan(Duration.ofDays(300));
  }

  @Test
  void whoIsTooLateIsRefusedByAFailureThatIsTriedAgain() {
    assertThatCode(() -> time(Duration.ofHours(1)).require("x")).doesNotThrowAnyException();
    ApplicationFailure late =
        catchThrowableOfType(
            ApplicationFailure.class, () -> time(Duration.ZERO).require("lease 1"));
    assertThat(late.isNonRetryable()).isFalse();
    assertThat(late.getOriginalMessage()).startsWith("lease 1: this attempt's time is over");
  }

  @Test
  void itGoesOnWhileTheMachineSleeps() {
    AttemptTime time = time(Duration.ofMinutes(5));
    now = now.plus(Duration.ofMinutes(5));
    assertThat(time.isOver()).isTrue();
  }
}
