package dev.repofleet.starter.render;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.artifacts.VisibleText;
import dev.repofleet.fuzz.Fuzz;
import org.junit.jupiter.api.Test;

/** Whatever an agent prints: lines in which nothing acts on a terminal. */
class AgentEventLinesFuzzTest {
  @Test
  void a_spoilt_event_is_lines_that_do_nothing_but_be_seen() {
    AgentEventLines lines = new AgentEventLines(TextStyle.PLAIN);
    Fuzz.of(
            "{\"type\":\"system\",\"subtype\":\"init\",\"model\":\"m\",\"session_id\":\"s\"}",
            "{\"type\":\"assistant\",\"message\":{\"content\":[{\"type\":\"text\",\"text\":\"a\\nb\"},"
                + "{\"type\":\"thinking\",\"thinking\":\"hm\"},{\"type\":\"tool_use\",\"name\":\"Bash\","
                + "\"input\":{\"command\":\"ls -la\",\"file_path\":\"/x\"}}]}}",
            "{\"type\":\"user\",\"message\":{\"content\":[{\"type\":\"tool_result\",\"is_error\":true,"
                + "\"content\":[{\"type\":\"text\",\"text\":\"no such file\"}]}]}}",
            "{\"type\":\"result\",\"subtype\":\"success\",\"num_turns\":3,\"duration_ms\":5000,"
                + "\"total_cost_usd\":0.25,\"usage\":{\"input_tokens\":30,\"output_tokens\":6}}",
            "{\"type\":\"result\",\"repofleetCut\":99}")
        .text(
            input -> {
              for (String line : lines.lines(1, input)) {
                requireVisible(line);
              }
              requireVisible(AgentEventLines.json(input.replace("\n", " ")));
            });
  }

  private static void requireVisible(String line) {
    assertThat(line.codePoints().allMatch(VisibleText::isVisible)).as(line).isTrue();
  }
}
