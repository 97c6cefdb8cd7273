package dev.repofleet.e2b.local.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.repofleet.e2b.local.MutableClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class SandboxLogTest {
  private final MutableClock clock = new MutableClock();
  private final SandboxLog log = new SandboxLog(clock);

  private static UnaryOperator<String> query(Map<String, String> values) {
    return name -> values.getOrDefault(name, "");
  }

  private List<String> messages(Map<String, String> values) {
    List<String> messages = new ArrayList<>();
    for (JsonNode line : log.page(query(values)).get("logs")) {
      messages.add(line.get("message").asText());
    }
    return messages;
  }

  private void threeLines() {
    log.info("first", "pid", "7");
    clock.advance(Duration.ofSeconds(1));
    log.warn("second");
    clock.advance(Duration.ofSeconds(1));
    log.info("third");
  }

  @Test
  void pagesGoForwardAndBackwardFromACursor() {
    threeLines();
    String middle = Long.toString(clock.instant().minusSeconds(1).toEpochMilli());
    assertThat(messages(Map.of())).containsExactly("first", "second", "third");
    assertThat(messages(Map.of("cursor", middle))).containsExactly("second", "third");
    assertThat(messages(Map.of("cursor", middle, "direction", "backward")))
        .containsExactly("second", "first");
    assertThat(messages(Map.of("limit", "1"))).containsExactly("first");
    assertThat(messages(Map.of("direction", "backward", "limit", "1"))).containsExactly("third");
  }

  @Test
  void linesAreFilteredByLevelAndText() {
    threeLines();
    assertThat(messages(Map.of("level", "warn"))).containsExactly("second");
    assertThat(messages(Map.of("search", "IR"))).containsExactly("first", "third");
    assertThatThrownBy(() -> messages(Map.of("level", "loud"))).hasMessageContaining("level");
    assertThatThrownBy(() -> messages(Map.of("limit", "1001"))).hasMessageContaining("limit");
    assertThatThrownBy(() -> messages(Map.of("cursor", "yesterday")))
        .hasMessageContaining("milliseconds");
  }

  @Test
  void theOlderCallHasLinesAndEntries() {
    threeLines();
    JsonNode all = log.all(query(Map.of()));
    assertThat(all.get("logs")).hasSize(3);
    assertThat(all.get("logEntries").get(0).get("fields").get("pid").asText()).isEqualTo("7");
    assertThat(all.get("logs").get(0).get("line").asText()).contains("first");
  }

  @Test
  void theOldestLinesMakeRoom() {
    for (int count = 0; count < 1005; count++) {
      log.info("line " + count);
    }
    assertThat(messages(Map.of())).hasSize(1000).startsWith("line 5");
  }
}
