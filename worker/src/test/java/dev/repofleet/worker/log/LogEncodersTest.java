package dev.repofleet.worker.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import com.fasterxml.jackson.databind.JsonNode;
import dev.repofleet.artifacts.ArtifactJson;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LogEncodersTest {
  private static final String TOKEN = "sk-ant-\"q/+?=\\0123456789";
  private static final String TAIL = "0123456789";

  private static String line(
      String format,
      Map<String, String> mdc,
      String message,
      @Nullable Throwable thrown,
      Object... arguments) {
    Map<String, String> environment = Map.of("REPOFLEET_LOG", format, "ANTHROPIC_API_KEY", TOKEN);
    LoggerContext context = new LoggerContext();
    context.setMDCAdapter(new LogbackMDCAdapter());
    LoggingEvent event =
        new LoggingEvent("", context.getLogger("a.b"), Level.WARN, message, thrown, arguments);
    event.setMDCPropertyMap(mdc);
    byte[] line =
        LogEncoders.of(context, "%level %logger %msg %mdc%n%ex", environment)
            .encode((ILoggingEvent) event);
    return new String(line, StandardCharsets.UTF_8);
  }

  private static JsonNode json(String line) {
    assertThat(line).endsWith("\n");
    assertThat(line.strip()).doesNotContain("\n");
    return ArtifactJson.read(line, JsonNode.class, "a line of the log");
  }

  @ParameterizedTest
  @ValueSource(strings = {"json", "text", ""})
  void a_token_is_in_no_message_argument_context_or_exception(String format) {
    Exception cause = new IllegalStateException("asked with " + TOKEN);
    Exception thrown = new IllegalArgumentException("refused " + TOKEN, cause);
    thrown.addSuppressed(new IllegalStateException("closing " + TOKEN));
    String line =
        line(
            format,
            Map.of("Sandbox", TOKEN),
            "the key " + TOKEN + " and {} and {} and {}",
            thrown,
            TOKEN,
            URLEncoder.encode(TOKEN, StandardCharsets.UTF_8),
            Base64.getEncoder().encodeToString(TOKEN.getBytes(StandardCharsets.UTF_8)));
    assertThat(line)
        .contains("***", "the key ", "IllegalStateException", "closing ")
        .doesNotContain(
            TAIL,
            "sk-ant",
            Base64.getEncoder().encodeToString("sk-ant-\"q".getBytes(StandardCharsets.UTF_8)));
    if (format.equals("json")) {
      assertThat(json(line).path("message").asText()).startsWith("the key *** and *** and *** and");
      assertThat(json(line).path("stack_trace").asText()).contains("asked with ***");
    }
  }

  @Test
  void a_line_says_whose_it_is() {
    JsonNode line =
        json(
            line(
                "json",
                Map.of(
                    "WorkflowId", "review/nightly/owner-name-0123456789",
                    "RunId", "a-run",
                    "WorkflowType", "RepositoryReview",
                    "ActivityType", "Run",
                    "Attempt", "2",
                    "Sandbox", "sb1",
                    "TaskQueue", "repofleet-run",
                    "Namespace", "default"),
                "text\nin two lines",
                null));
    assertThat(line.toString())
        .contains(
            "\"level\":\"WARN\",\"message\":\"text\\nin two lines\",\"batch\":\"nightly\","
                + "\"repository\":\"owner-name-0123456789\",\"sandbox\":\"sb1\","
                + "\"activity\":\"Run\",\"attempt\":\"2\",\"workflow\":\"RepositoryReview\","
                + "\"workflow_id\":\"review/nightly/owner-name-0123456789\",\"run_id\":\"a-run\","
                + "\"task_queue\":\"repofleet-run\",\"namespace\":\"default\","
                + "\"logger\":\"a.b\",\"thread\":");
    assertThat(line.path("time").asText()).endsWith("Z");
    assertThat(line.has("stack_trace")).isFalse();
    assertThat(json(line("json", Map.of("WorkflowId", "review-batch/b1"), "m", null)).toString())
        .contains("\"batch\":\"b1\"")
        .doesNotContain("\"repository\"");
    assertThat(json(line("json", Map.of("WorkflowId", "sandbox-pool/b1"), "m", null)).has("batch"))
        .isFalse();
  }

  @Test
  void what_is_neither_text_nor_json_is_refused_with_the_way_out() {
    assertThat(LogFormat.of(Map.of())).isEqualTo(LogFormat.TEXT);
    assertThat(LogFormat.of(Map.of("REPOFLEET_LOG", " JSON "))).isEqualTo(LogFormat.JSON);
    assertThatThrownBy(() -> LogFormat.of(Map.of("REPOFLEET_LOG", "xml")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("REPOFLEET_LOG is \"xml\": set it to text or json");
  }
}
