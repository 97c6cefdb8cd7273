package dev.repofleet.worker.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.repofleet.workflows.UsageTotals;
import dev.repofleet.workflows.UsageTotals.CostSource;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
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
    assertThat(stream.turns()).isEqualTo(2);
    assertThat(stream.usage()).isEqualTo(new UsageTotals(30, 5, 7, 6, 0.25, CostSource.REPORTED));
  }

  @Test
  void countsAMessageOnceByItsGreatestUsageWhenThereIsNoResult() {
    AgentStream stream = read(STREAM.substring(0, STREAM.indexOf("{\"type\":\"result\"")));

    assertThat(stream.result()).isEmpty();
    assertThat(stream.usage().costSource()).isEqualTo(CostSource.ESTIMATED);
    assertThat(stream.usage().inputTokens()).isEqualTo(30);
    assertThat(stream.usage().outputTokens()).isEqualTo(6);
  }

  @Test
  void passesOverALineWhosePartsWouldTakeAWorkersMemory() {
    String bomb = "{\"type\":\"result\",\"x\":[" + "[],".repeat(600_000) + "[]]}\n";
    AgentStream stream = read(bomb);
    assertThat(stream.result()).isEmpty();
    assertThat(read(bomb + STREAM).usage())
        .isEqualTo(new UsageTotals(30, 5, 7, 6, 0.25, CostSource.REPORTED));
  }

  @Test
  void guessesTheOutputFromTheContentUntilTheTranscriptTells() {
    AgentStream stream =
        read(
            """
            {"type":"assistant","message":{"id":"a","model":"claude-opus-4-8","stop_reason":null,\
            "content":[{"type":"text","text":"%s"}],"usage":{"input_tokens":10,"output_tokens":1}}}
            """
                .formatted("x".repeat(3000)));
    assertThat(stream.usage().outputTokens()).isBetween(1000L, 1100L);

    byte[] transcript =
        """
        {"type":"user","message":{"role":"user","content":"go"}}
        {"type":"assistant","isSidechain":false,"message":{"id":"a","model":"claude-opus-4-8",\
        "stop_reason":"end_turn","content":[],"usage":{"input_tokens":10,"output_tokens":200,\
        "cache_creation_input_tokens":1000,"cache_read_input_tokens":100000,\
        "cache_creation":{"ephemeral_1h_input_tokens":400}}}}
        """
            .getBytes(StandardCharsets.UTF_8);
    stream.acceptTranscript(transcript, transcript.length);
    stream.end();

    double dollars = (10 * 5 + 100_000 * 0.5 + 600 * 6.25 + 400 * 10 + 200 * 25) / 1e6;
    assertThat(stream.usage().outputTokens()).isEqualTo(200);
    assertThat(stream.usage().costUsd()).isCloseTo(dollars, within(1e-9));
    assertThat(stream.turns()).isEqualTo(1);
  }

  @Test
  void wordsOfTheProgramItselfAndOfHelpersAreNoTurns() {
    AgentStream stream =
        read(
            """
            {"type":"assistant","message":{"id":"a","model":"<synthetic>","usage":{}}}
            {"type":"assistant","parent_tool_use_id":"t","message":{"id":"b","usage":\
            {"input_tokens":7}}}
            {"type":"assistant","parent_tool_use_id":null,"message":{"id":"c","usage":\
            {"input_tokens":5}}}
            """);

    assertThat(stream.turns()).isEqualTo(1);
    assertThat(stream.usage().inputTokens()).isEqualTo(12);
  }

  @Test
  void seesARefusedKeyAndTheProvidersDelayButNotTheClientsOwn() {
    String retry =
        "{\"type\":\"system\",\"subtype\":\"api_retry\",\"retry_delay_ms\":%s,\"error\":\"%s\"}\n";
    assertThat(read(retry.formatted("531.25", "overloaded")).retryAfterSeconds()).isNull();
    assertThat(
            read(retry.formatted("7000", "rate_limit") + retry.formatted("8012.5", "rate_limit"))
                .retryAfterSeconds())
        .isEqualTo(7);
    assertThat(read(retry.formatted("7000", "rate_limit")).keyRefused()).isFalse();
    assertThat(read(retry.formatted("531.25", "authentication_failed")).keyRefused()).isTrue();
  }

  /** A line as the program of version 2.1.197 writes it. */
  private static String quota(String status, long resetsAt, String more) {
    return """
        {"type":"rate_limit_event","rate_limit_info":{"status":"%s","resetsAt":%d,\
        "rateLimitType":"five_hour","overageStatus":"rejected",\
        "overageDisabledReason":"org_level_disabled"%s},\
        "uuid":"5f0d6e0a-7d5c-4f8e-9a53-3a1f6f1f9c11","session_id":"s"}
        """
        .formatted(status, resetsAt, more);
  }

  private static String quota(String status, long resetsAt) {
    return quota(status, resetsAt, ",\"isUsingOverage\":false");
  }

  @Test
  void seesWhenAQuotaThatIsUsedUpIsFilledAgain() {
    long reset = 1_795_690_800;
    long before = reset * 1000 - 1;

    assertThat(read(quota("rejected", reset)).quotaResetAt(before)).isEqualTo(reset * 1000);
    assertThat(read(quota("allowed_warning", reset)).quotaResetAt(before)).isNull();
    assertThat(read(quota("allowed", reset)).quotaResetAt(before)).isNull();
    assertThat(read(STREAM).quotaResetAt(before)).isNull();
  }

  @Test
  void believesTheLastWordOnTheQuota() {
    long reset = 1_795_690_800;
    long before = reset * 1000 - 1;

    assertThat(read(quota("rejected", reset) + quota("allowed", reset)).quotaResetAt(before))
        .isNull();
    assertThat(
            read(quota("allowed_warning", reset - 60) + quota("rejected", reset))
                .quotaResetAt(before))
        .isEqualTo(reset * 1000);
    assertThat(read(quota("rejected", reset, ",\"isUsingOverage\":true")).quotaResetAt(before))
        .as("more is paid for")
        .isNull();
  }

  @Test
  void takesNoQuotaForAWaitThatIsFilledAlreadyOrWouldBeInNobodysTime() {
    long reset = 1_795_690_800;
    AgentStream stream = read(quota("rejected", reset));

    assertThat(stream.quotaResetAt(reset * 1000)).isNull();
    assertThat(stream.quotaResetAt(reset * 1000 - 8 * 86_400_000L)).isNotNull();
    assertThat(stream.quotaResetAt(reset * 1000 - 8 * 86_400_000L - 1)).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"type\":\"rate_limit_event\"}",
        "{\"type\":\"rate_limit_event\",\"rate_limit_info\":null}",
        "{\"type\":\"rate_limit_event\",\"rate_limit_info\":{\"status\":\"rejected\"}}",
        "{\"type\":\"rate_limit_event\",\"rate_limit_info\":{\"status\":\"rejected\","
            + "\"resetsAt\":\"soon\"}}",
        "{\"type\":\"rate_limit_event\",\"rate_limit_info\":{\"status\":7,\"resetsAt\":[1]}}"
      })
  void passesOverAQuotaItCannotRead(String line) {
    assertThat(read(line + "\n").quotaResetAt(0)).isNull();
  }

  @ParameterizedTest
  @ValueSource(longs = {11, 12, 13, 14, 15, 16, 17, 18})
  void aReaderThatGoesOnCountsTheSameAsOneThatReadAll(long seed) {
    String text = STREAM.substring(0, STREAM.indexOf("{\"type\":\"result\""));
    RunProgress whole = follow(RunProgress.NONE.next(0), text, text.length());
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    Random random = new Random(seed);
    RunProgress progress = RunProgress.NONE.next(0);
    for (int read = 0; read < bytes.length; ) {
      read = Math.min(bytes.length, read + 1 + random.nextInt(200));
      progress = follow(progress, text, read);
    }

    assertThat(progress.costUsd()).isCloseTo(whole.costUsd(), within(1e-12));
    assertThat(progress.loss().usage().outputTokens()).isEqualTo(6);
    assertThat(progress.agentMessages()).isEqualTo(2);
    assertThat(progress.loss().usage().inputTokens()).isEqualTo(30);
  }

  /** One attempt: it begins where the last one's details say, and is killed at {@code until}. */
  private static RunProgress follow(RunProgress before, String text, int until) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    AgentStream stream = new AgentStream(before);
    int from = (int) before.offset();
    int to = until == text.length() ? bytes.length : until;
    byte[] piece = Arrays.copyOfRange(bytes, from, to);
    stream.accept(piece, piece.length);
    return before.readTo(to - stream.pending(), 0).counting(before, stream);
  }

  @Test
  void theMemoryForMessagesIsBoundedAndTheSumStaysWhole() {
    AgentStream stream = new AgentStream();
    for (int i = 0; i < 50_000; i++) {
      byte[] line =
          ("{\"type\":\"assistant\",\"message\":{\"id\":\"m"
                  + i
                  + "\",\"usage\":{\"input_tokens\":1}}}\n")
              .getBytes(StandardCharsets.UTF_8);
      stream.accept(line, line.length);
    }

    assertThat(stream.turns()).isEqualTo(50_000);
    assertThat(stream.usage().inputTokens()).isEqualTo(50_000);
  }

  private static AgentStream read(String text) {
    AgentStream stream = new AgentStream();
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    stream.accept(bytes, bytes.length);
    stream.end();
    return stream;
  }

  /** A sum with it was no number, and no budget was ever reached. */
  @ParameterizedTest
  @ValueSource(strings = {"\"NaN\"", "-1e9", "1e400", "-9223372036854775808"})
  void figuresThatAreNoneCountForNothingOrForTheMost(String figure) {
    UsageTotals usage =
        read("""
                {"type":"result","total_cost_usd":%s,"usage":{"input_tokens":%s,\
                "output_tokens":9223372036854775807}}
                """
                .formatted(figure, figure))
            .usage();
    assertThat(usage.costUsd()).isBetween(0.0, 1e6);
    assertThat(usage.inputTokens()).isBetween(0L, 1_000_000_000L);
    assertThat(usage.plus(usage).outputTokens()).isEqualTo(2_000_000_000L);
  }

  /** They were taken out one by one, and the whole line written anew each time: half an hour. */
  @Test
  void aLineOfAHundredThousandPartsIsCutAtOnce() {
    StringBuilder line = new StringBuilder("{\"type\":\"result\"");
    for (int i = 0; line.length() < 1_000_000; i++) {
      line.append(",\"").append(i).append("\":1");
    }
    line.append('}');
    byte[] shown = new LineCut().shown(line.toString(), line.length());
    assertThat(shown.length).isBetween(32 << 10, 64 << 10);
    assertThat(new String(shown, StandardCharsets.UTF_8))
        .endsWith(",\"repofleetCut\":" + line.length() + "}");
  }

  /** More than a model says in one answer. */
  @Test
  void aResultOfManyMegabytesIsAResult() {
    String text = "x".repeat(15 << 20);
    AgentStream stream =
        read("{\"type\":\"result\",\"subtype\":\"success\",\"result\":\"" + text + "\"}\n");
    assertThat(stream.result())
        .hasValueSatisfying(
            result -> assertThat(result.path("result").asText()).hasSize(text.length()));
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
