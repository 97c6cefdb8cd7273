package dev.repofleet.worker.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.workflows.UsageTotals;
import dev.repofleet.workflows.UsageTotals.CostSource;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AgentStreamTest {
  private static final String STREAM =
      """
      {"type":"system","subtype":"init","model":"m-1","session_id":"s"}
      {"type":"assistant","message":{"id":"a","usage":{"input_tokens":10,"output_tokens":1}}}
      {"type":"assistant","message":{"id":"a","usage":{"input_tokens":10,"output_tokens":4}}}
      {"type":"user","message":{"content":[{"type":"tool_result","content":"naïve ☃"}]}}
      {"type":"assistant","message":{"id":"b","usage":{"input_tokens":20,"output_tokens":2}}}
      {"type":"of_a_later_version","anything":[1,2]}
      not json at all
      {"type":"result","subtype":"success","is_error":false,"total_cost_usd":0.25,"usage":\
      {"input_tokens":30,"output_tokens":6,"cache_read_input_tokens":5,\
      "cache_creation_input_tokens":7}}
      """;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void saysTheSameWhereverTheBytesAreCut(long seed) {
    byte[] bytes = STREAM.getBytes(StandardCharsets.UTF_8);
    Random random = new Random(seed);
    AgentStream stream = new AgentStream();
    for (int from = 0; from < bytes.length; ) {
      int count = Math.min(1 + random.nextInt(9), bytes.length - from);
      byte[] piece = new byte[count];
      System.arraycopy(bytes, from, piece, 0, count);
      stream.accept(piece, count);
      from += count;
    }
    stream.end();

    assertThat(stream.model()).isEqualTo("m-1");
    assertThat(stream.messages()).isEqualTo(2);
    assertThat(stream.usage()).isEqualTo(new UsageTotals(30, 5, 7, 6, 0.25, CostSource.REPORTED));
  }

  @Test
  void countsAMessageOnceByItsLastUsageWhenThereIsNoResult() {
    AgentStream stream = new AgentStream();
    String cut = STREAM.substring(0, STREAM.indexOf("{\"type\":\"result\""));
    byte[] bytes = (cut + "{\"type\":\"assist").getBytes(StandardCharsets.UTF_8);
    stream.accept(bytes, bytes.length);
    stream.end();

    assertThat(stream.result()).isEmpty();
    assertThat(stream.usage()).isEqualTo(new UsageTotals(30, 0, 0, 6, 0, CostSource.UNKNOWN));
  }

  @Test
  void dropsALineThatIsTooLongAndGoesOnWithTheNext() {
    StringBuilder seen = new StringBuilder();
    LineSplitter splitter = new LineSplitter(10, line -> seen.append(line).append('|'));
    byte[] bytes = "short\n123456789012345\nlast".getBytes(StandardCharsets.UTF_8);
    for (byte one : bytes) {
      splitter.accept(new byte[] {one}, 1);
    }
    splitter.end();

    assertThat(seen.toString()).isEqualTo("short|last|");
  }
}
