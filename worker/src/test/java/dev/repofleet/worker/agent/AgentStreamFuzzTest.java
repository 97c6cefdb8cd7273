package dev.repofleet.worker.agent;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.fuzz.Fuzz;
import dev.repofleet.workflows.UsageTotals;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Whatever an agent prints: no exception, figures that can be added up, and the next line. */
class AgentStreamFuzzTest {
  private static final String STREAM =
      """
      {"type":"system","subtype":"init","model":"m-1","session_id":"s"}
      {"type":"system","subtype":"api_retry","retry_delay_ms":7000,"error":"rate_limit"}
      {"type":"assistant","parent_tool_use_id":null,"message":{"id":"a","model":"m-1",\
      "stop_reason":null,"content":[{"type":"text","text":"naïve ☃"}],"usage":{"input_tokens":10,\
      "output_tokens":1,"cache_creation":{"ephemeral_1h_input_tokens":3}}}}
      {"type":"rate_limit_event","rate_limit_info":{"status":"rejected","resetsAt":1795690800}}
      not json at all
      {"type":"result","subtype":"success","is_error":true,"api_error_status":429,\
      "result":"API Error","errors":["e"],"duration_ms":5,"total_cost_usd":0.25,"usage":\
      {"input_tokens":30,"output_tokens":6,"cache_read_input_tokens":5,\
      "cache_creation_input_tokens":7}}
      """;

  private static final long NOW = 1_795_690_000_000L;

  @Test
  void aSpoiltStreamGivesFiguresThatCanBeAddedUp() {
    Fuzz.of(
            STREAM,
            "{\"type\":\"result\",\"total_cost_usd\":-1,\"usage\":{\"input_tokens\":-5}}\n",
            "{\"type\":\"result\",\"total_cost_usd\":\"NaN\"}\n")
        .bytes(
            input -> {
              AgentStream stream = new AgentStream();
              stream.accept(input, input.length);
              stream.acceptTranscript(input, input.length);
              stream.end();
              requireSane(stream.usage());
              requireSane(stream.usageOfMessages());
              assertThat(stream.turns()).isNotNegative();
              assertThat(stream.lastOutput()).isNotNegative();
              if (stream.model() != null) {
                assertThat(stream.model()).hasSizeLessThanOrEqualTo(100);
              }
              Long retry = stream.retryAfterSeconds();
              assertThat(retry == null || retry > 0).isTrue();
              Long reset = stream.quotaResetAt(NOW);
              assertThat(reset == null || (reset > NOW && reset < NOW + 9 * 86_400_000L)).isTrue();
              TurnEnding ending = TurnEnding.of(stream.result(), 1, new String(input, UTF_8));
              assertThat(ending.cause() == null).isEqualTo(ending.message() == null);
            });
  }

  private static void requireSane(UsageTotals usage) {
    assertThat(usage.inputTokens()).isBetween(0L, Long.MAX_VALUE / 1000);
    assertThat(usage.outputTokens()).isBetween(0L, Long.MAX_VALUE / 1000);
    assertThat(usage.cacheReadTokens()).isBetween(0L, Long.MAX_VALUE / 1000);
    assertThat(usage.cacheWriteTokens()).isBetween(0L, Long.MAX_VALUE / 1000);
    assertThat(usage.costUsd()).isBetween(0.0, 1e12);
  }

  @Test
  void aSpoiltStreamIsTheSameInPiecesAndHidesNoLineAfterIt() {
    Fuzz.of(STREAM)
        .bytes(
            input -> {
              AgentStream whole = new AgentStream();
              whole.accept(input, input.length);
              AgentStream pieces = new AgentStream();
              for (int at = 0; at < input.length; at += 11) {
                byte[] piece = Arrays.copyOfRange(input, at, Math.min(at + 11, input.length));
                pieces.accept(piece, piece.length);
              }
              assertThat(pieces.usageOfMessages()).isEqualTo(whole.usageOfMessages());
              assertThat(pieces.pending()).isEqualTo(whole.pending());
              byte[] last = "\n{\"type\":\"result\",\"subtype\":\"last\"}\n".getBytes(UTF_8);
              whole.accept(last, last.length);
              assertThat(whole.result())
                  .hasValueSatisfying(
                      result -> assertThat(result.path("subtype").asText()).isEqualTo("last"));
            });
  }

  @Test
  void aSpoiltLineIsShownAsALineThatIsShort() {
    LineCut cut = new LineCut();
    String keys =
        IntStream.range(0, 15_000).mapToObj("\"%d\":1"::formatted).collect(joining(",", "{", "}"));
    Fuzz.of(keys, STREAM.substring(0, STREAM.indexOf('\n')))
        .text(
            input -> {
              String line = input.replace("\n", "");
              int length = line.getBytes(UTF_8).length;
              byte[] shown = cut.shown(line, length);
              assertThat(shown.length).isLessThanOrEqualTo(64 << 10);
              if (length > 64 << 10) {
                JsonNode event = ArtifactJson.read(shown, JsonNode.class, "the line");
                assertThat(event.path("repofleetCut").asLong()).isEqualTo(length);
              }
            });
  }

  @Test
  void aSpoiltStateIsReadOrRefused() {
    Fuzz.of("finished i=0 rc=0 out=12345 age=7\n", "none", "running i=1 out=5 age=8")
        .text(
            input -> {
              try {
                assertThat(RunState.parse(input).kind()).isNotNull();
              } catch (IllegalArgumentException e) {
                assertThat(e).hasMessageStartingWith("the run script answered");
                assertThat(e.getMessage()).hasSizeLessThan(300);
              }
            });
  }
}
