package dev.repofleet.e2b;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.fuzz.Fuzz;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Whatever is answered in place of JSON: an {@link E2bException}, or a value that is whole. */
class JsonCodecFuzzTest {
  private static final Pattern UNSEEN = Pattern.compile("[\\p{Cntrl}\\p{Cf}]");

  private static final String DETAIL =
      """
      {"sandboxID":"i1","templateID":"t","alias":"base","state":"running",\
      "startedAt":"2026-11-23T00:00:00Z","endAt":"2026-11-23T01:00:00Z","metadata":{"a":"b"},\
      "envdVersion":"0.6.13","cpuCount":2,"memoryMB":512,"diskSizeMB":1024,"network":\
      {"allowOut":["h"],"denyOut":[],"rules":{"h":[{}]},"allowPublicTraffic":true,\
      "httpsPorts":[443],"egressProxy":{"address":"a","username":"u"}}}""";

  private static final String METRIC =
      """
      {"timestamp":"2026-11-23T00:00:00Z","timestampUnix":1763856000,"cpuCount":2,\
      "cpuUsedPct":1.5,"memUsed":1,"memTotal":2,"memCache":3,"diskUsed":4,"diskTotal":5}""";

  @Test
  void spoiltSandboxesAreRefusedByName() {
    Fuzz.of(DETAIL)
        .bytes(
            input ->
                refusedOr(
                    () -> {
                      SandboxInfo info =
                          JsonCodec.read(input, ApiWire.Detail.class, "get").toInfo("get");
                      assertThat(info.metadata()).doesNotContainValue(null);
                      assertThat(info.state()).isNotNull();
                    }));
    Fuzz.of("[" + DETAIL + "," + DETAIL + "]")
        .bytes(
            input ->
                refusedOr(
                    () ->
                        JsonCodec.readList(input, ApiWire.Detail.class, "list")
                            .forEach(detail -> detail.toInfo("list"))));
  }

  @Test
  void spoiltMetricsAndLogsAreRefusedByName() {
    Fuzz.of("[" + METRIC + "]", "[{\"timestampUnix\":1,\"concurrentSandboxes\":2}]")
        .bytes(
            input -> {
              refusedOr(
                  () ->
                      JsonCodec.readList(input, ApiWire.Metric.class, "measure")
                          .forEach(metric -> metric.toMetrics("measure")));
              refusedOr(
                  () ->
                      JsonCodec.readList(input, ApiWire.TeamMetric.class, "measure")
                          .forEach(metric -> metric.toLoad("measure")));
            });
    Fuzz.of("{\"timestampUnix\":1763856000,\"value\":2.5}")
        .bytes(
            input ->
                refusedOr(
                    () -> JsonCodec.read(input, ApiWire.TeamMaximum.class, "peak").toPeak("peak")));
    Fuzz.of(
            "{\"logs\":[{\"timestamp\":\"2026-11-23T00:00:00.5Z\",\"level\":\"info\","
                + "\"message\":\"m\",\"fields\":{\"a\":\"b\",\"c\":{\"d\":1}}}]}")
        .bytes(
            input ->
                refusedOr(
                    () -> {
                      List<ApiWire.Log> logs =
                          JsonCodec.read(input, ApiWire.Logs.class, "log").logs();
                      if (logs != null) {
                        logs.forEach(log -> log.toEntry("log"));
                      }
                    }));
  }

  @Test
  void spoiltMessagesOfAStreamAreJsonOrNone() {
    Fuzz.of(
            "{\"event\":{\"start\":{\"pid\":7}}}",
            "{\"event\":{\"data\":{\"stdout\":\"aGVsbG8=\",\"stderr\":\"\",\"pty\":null}}}",
            "{\"event\":{\"end\":{\"exitCode\":1,\"exited\":true,\"status\":\"exit status 1\"}}}",
            "{\"error\":{\"code\":\"deadline_exceeded\",\"message\":\"m\"}}",
            "null",
            "{\"filesystem\":{\"name\":\"a\",\"type\":\"EVENT_TYPE_CREATE\"}}")
        .bytes(
            input -> {
              for (Class<?> type :
                  List.of(EnvdWire.StreamMessage.class, EnvdWire.WatchMessage.class)) {
                jsonOr(() -> JsonCodec.reader(type).readValue(input, 0, input.length));
              }
              jsonOr(() -> EnvdWire.EndOfStream.error(input, 0, input.length));
            });
    Fuzz.of(
            "{\"entries\":[{\"name\":\"a\",\"type\":\"FILE_TYPE_FILE\",\"path\":\"/a\",\"size\":\"12\","
                + "\"mode\":420,\"permissions\":\"-rw\",\"owner\":\"o\",\"group\":\"g\","
                + "\"modifiedTime\":\"2026-11-23T00:00:00Z\",\"metadata\":{\"k\":\"v\"}}]}")
        .bytes(
            input ->
                refusedOr(
                    () -> {
                      List<EnvdWire.Entry> entries =
                          JsonCodec.read(input, EnvdWire.EntriesReply.class, "list").entries();
                      if (entries != null) {
                        entries.forEach(EnvdWire.Entry::toEntry);
                      }
                    }));
  }

  @Test
  void aFolderOfAsManyEntriesAsAnAnswerHoldsIsRead() {
    String entry =
        "{\"name\":\"a%d\",\"type\":\"FILE_TYPE_FILE\",\"path\":\"/tmp/a%d\",\"size\":\"12\","
            + "\"mode\":420,\"permissions\":\"-rw-r--r--\",\"owner\":\"user\",\"group\":\"user\","
            + "\"modifiedTime\":\"2026-11-23T00:00:00.123456789Z\"}";
    StringBuilder all = new StringBuilder("{\"entries\":[");
    int count = 0;
    for (; all.length() < (16 << 20) - 300; count++) {
      all.append(count == 0 ? "" : ",").append(entry.formatted(count, count));
    }
    byte[] answer = all.append("]}").toString().getBytes(StandardCharsets.UTF_8);
    assertThat(JsonCodec.read(answer, EnvdWire.EntriesReply.class, "list").entries())
        .hasSize(count)
        .hasSizeGreaterThan(60_000);
  }

  @Test
  void spoiltErrorsAreOneBoundedLineWithoutTheKey() {
    Fuzz.of(
            "{\"code\":404,\"message\":\"no sandbox for e2b_key\",\"error_code\":\"gone\",\"port\":1}",
            "{\"code\":\"not_found\",\"message\":\"there is no e2b_key\"}",
            "<html>\n<h1>502 e2b_key</h1>\n</html>")
        .bytes(
            input -> {
              ErrorBody body = ErrorBody.parse(input).without(List.of("e2b_key"));
              assertThat(body.message()).doesNotContain("e2b_key").hasSizeLessThan(600);
              assertThat(UNSEEN.matcher(body.message()).find()).isFalse();
            });
  }

  /** It was cut first, and what was left of the key was told. */
  @Test
  void aKeyThatALongErrorIsCutWithinIsNotToldInPart() {
    String error = "x".repeat(496) + "e2b_0123456789";
    String message =
        ErrorBody.parse(error.getBytes(StandardCharsets.UTF_8))
            .without(List.of("e2b_0123456789"))
            .message();
    assertThat(message).doesNotContain("e2b_").hasSizeLessThan(600);
  }

  private static void refusedOr(Runnable read) {
    try {
      read.run();
    } catch (E2bException e) {
      assertThat(e.getMessage()).startsWith("cannot ");
    }
  }

  private interface Reading {
    void read() throws IOException;
  }

  /** What a stream's reader makes an {@link E2bProtocolException} of. */
  private static void jsonOr(Reading reading) throws IOException {
    try {
      reading.read();
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      assertThat(HttpTransport.reason(e)).doesNotContain("\n", "\0", "\u001b");
    }
  }
}
