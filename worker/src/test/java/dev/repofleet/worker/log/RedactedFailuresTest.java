package dev.repofleet.worker.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.worker.activity.FailureMapper;
import dev.repofleet.worker.secrets.KnownSecrets;
import dev.repofleet.workflows.Cause;
import io.temporal.activity.ActivityInterface;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.ApplicationFailure;
import io.temporal.testing.TestActivityEnvironment;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.worker.WorkerFactoryOptions;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class RedactedFailuresTest {
  private static final String KEY = "sk-ant-a-key-of-the-fleet";

  /** Fails as it is told. */
  @ActivityInterface
  public interface Failing {
    void fail();
  }

  private static ApplicationFailure failure(Supplier<RuntimeException> thrown) {
    TestActivityEnvironment worker =
        TestActivityEnvironment.newInstance(
            TestEnvironmentOptions.newBuilder()
                .setWorkerFactoryOptions(
                    WorkerFactoryOptions.newBuilder()
                        .setWorkerInterceptors(
                            new RedactedFailures(KnownSecrets.of(Map.of("ANTHROPIC_API_KEY", KEY))))
                        .build())
                .build());
    try {
      worker.registerActivitiesImplementations(
          (Failing)
              () -> {
                throw thrown.get();
              });
      worker.newActivityStub(Failing.class).fail();
      throw new AssertionError("it did not fail");
    } catch (ActivityFailure e) {
      return (ApplicationFailure) e.getCause();
    } finally {
      worker.close();
    }
  }

  @Test
  void aSecretInAFailureOrItsCauseIsNoneOfTheHistorys() {
    ApplicationFailure failure =
        failure(
            () ->
                FailureMapper.refusal(
                    Cause.QUARANTINED,
                    "the script said: " + KEY,
                    new IllegalStateException("envd said: " + KEY),
                    7));
    assertThat(failure.getOriginalMessage()).isEqualTo("the script said: ***");
    assertThat(failure.getType()).isEqualTo(Cause.QUARANTINED.code());
    assertThat(failure.isNonRetryable()).isTrue();
    assertThat(failure.getDetails().get(Integer.class)).isEqualTo(7);
    assertThat(failure).hasStackTraceContaining("envd said: ***");
    assertThat(failure.getCause()).hasMessageNotContaining(KEY);
  }

  @Test
  void anyOtherExceptionIsKeptFromItToo() {
    ApplicationFailure failure = failure(() -> new IllegalStateException("it is " + KEY));
    assertThat(failure.getOriginalMessage()).isEqualTo("it is ***");
    assertThat(failure.getType()).isEqualTo("java.lang.IllegalStateException");
    assertThat(failure.isNonRetryable()).isFalse();
  }

  @Test
  void whatHasNoneStaysAsItIs() {
    ApplicationFailure failure = failure(() -> new IllegalArgumentException("a plain fault"));
    assertThat(failure.getOriginalMessage()).isEqualTo("a plain fault");
    assertThat(failure.getType()).isEqualTo("java.lang.IllegalArgumentException");
  }
}
