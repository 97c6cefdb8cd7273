package dev.repofleet.starter.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class StackLogTest {
  /** Who warns of it in the SDK; internal, so they may move. */
  private static final List<String> STANDSTILL =
      List.of(
          "io.temporal.internal.replay.ReplayWorkflowTaskHandler",
          "io.temporal.internal.worker.WorkflowWorker");

  @Test
  void a_workflow_that_stands_still_is_told_and_calls_that_are_repeated_are_not()
      throws ClassNotFoundException {
    for (String who : STANDSTILL) {
      assertThat(LoggerFactory.getLogger(Class.forName(who)).isWarnEnabled()).as(who).isTrue();
    }
    assertThat(LoggerFactory.getLogger("io.temporal.internal.retryer").isWarnEnabled()).isFalse();
    assertThat(LoggerFactory.getLogger("io.grpc").isWarnEnabled()).isFalse();
  }
}
