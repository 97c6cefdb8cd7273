package dev.repofleet.starter.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import dev.repofleet.worker.log.LogEncoders;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class StackLogTest {
  /** Who warns of it in the SDK; internal, so they may move. */
  private static final List<String> STANDSTILL =
      List.of(
          "io.temporal.internal.replay.ReplayWorkflowTaskHandler",
          "io.temporal.internal.worker.WorkflowWorker");

  @Test
  void a_line_of_a_review_tells_which() {
    assertThat(line(Map.of("WorkflowId", "review/nightly/shop-1")))
        .endsWith(" WARN  a.b cost $1 [x] [review/nightly/shop-1]\n");
    assertThat(line(Map.of())).endsWith(" WARN  a.b cost $1 [x]\n");
  }

  private static String line(Map<String, String> context) {
    LoggerContext logging = new LoggerContext();
    logging.setMDCAdapter(new LogbackMDCAdapter());
    LoggingEvent event =
        new LoggingEvent("", logging.getLogger("a.b"), Level.WARN, "cost $1 [x]", null, null);
    event.setMDCPropertyMap(context);
    byte[] line =
        LogEncoders.of(logging, StackLog.ON_CONSOLE, Map.of()).encode((ILoggingEvent) event);
    return new String(line, StandardCharsets.UTF_8);
  }

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
