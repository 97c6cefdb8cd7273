package dev.repofleet.starter.render;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.repofleet.artifacts.ArtifactJson;
import java.util.List;
import org.junit.jupiter.api.Test;

class AgentEventLinesTest {
  private static final String ESCAPE = "\u001b";
  private static final String RIGHT_TO_LEFT = "\u202e";

  private final AgentEventLines lines = new AgentEventLines(TextStyle.PLAIN);

  private List<String> of(String event) {
    return lines.lines(1, event);
  }

  private static String said(String text) {
    return "{\"type\":\"assistant\",\"message\":{\"content\":[{\"type\":\"text\",\"text\":"
        + ArtifactJson.line(text)
        + "}]}}";
  }

  @Test
  void a_turn_reads_as_a_story() {
    assertThat(
            of(
                "{\"type\":\"system\",\"subtype\":\"init\",\"model\":\"some-model\","
                    + "\"session_id\":\"0000-1\"}"))
        .containsExactly("turn 1: some-model, session 0000-1");
    assertThat(of(said("I look\n\tat the files."))).containsExactly("  I look at the files.");
    assertThat(
            of(
                "{\"type\":\"assistant\",\"message\":{\"content\":[{\"type\":\"tool_use\","
                    + "\"name\":\"Bash\",\"input\":{\"description\":\"list\",\"command\":"
                    + "\"git ls-files |\\n head\"}}]}}"))
        .containsExactly("  Bash: git ls-files | head");
    assertThat(
            of(
                "{\"type\":\"user\",\"message\":{\"content\":[{\"type\":\"tool_result\","
                    + "\"content\":[{\"type\":\"text\",\"text\":\"\\n\\na.py\\nb.py\"}]},"
                    + "{\"type\":\"tool_result\",\"is_error\":true,\"content\":\"no such file\"}]}}"))
        .containsExactly("    a.py", "    failed: no such file");
    assertThat(
            of(
                "{\"type\":\"result\",\"subtype\":\"success\",\"num_turns\":3,"
                    + "\"total_cost_usd\":0.123,\"duration_ms\":8200,\"usage\":{\"input_tokens\":10,"
                    + "\"cache_read_input_tokens\":2000,\"cache_creation_input_tokens\":5,"
                    + "\"output_tokens\":77}}"))
        .containsExactly("turn 1: success · 3 steps · 2,015 tokens in, 77 out · $0.12 · 8 s");
  }

  @Test
  void a_server_that_is_not_there_is_told() {
    assertThat(
            of(
                "{\"type\":\"system\",\"subtype\":\"init\",\"model\":\"some-model\","
                    + "\"mcp_servers\":[{\"name\":\"docs\",\"status\":\"connected\"},"
                    + "{\"name\":\"tickets\",\"status\":\"failed\"}]}"))
        .containsExactly("turn 1: some-model", "  without the tools of MCP server tickets: failed");
  }

  @Test
  void a_bad_end_says_why() {
    assertThat(
            of(
                "{\"type\":\"result\",\"subtype\":\"error_max_turns\",\"is_error\":true,"
                    + "\"num_turns\":1,\"errors\":[\"Reached maximum number of turns (1)\"]}"))
        .singleElement()
        .asString()
        .startsWith("turn 1: error_max_turns · 1 step")
        .endsWith("· Reached maximum number of turns (1)");
    assertThat(of("{\"type\":\"system\",\"subtype\":\"api_retry\",\"error\":\"rate_limit\"}"))
        .containsExactly("  the model is asked again: rate_limit");
  }

  @Test
  void what_tells_nothing_has_no_line_and_later_kinds_of_events_do_no_harm() {
    assertThat(of("{\"type\":\"system\",\"subtype\":\"hook_started\"}")).isEmpty();
    assertThat(of("{\"type\":\"of_the_future\",\"message\":3}")).isEmpty();
    assertThat(of("{\"type\":\"assistant\",\"message\":\"odd\"}")).isEmpty();
    assertThat(of("{\"type\":\"user\",\"message\":{\"content\":\"the prompt\"}}")).isEmpty();
    assertThat(of("")).isEmpty();
    assertThat(of("{\"type\":\"unknown\",\"repofleetCut\":2000000}"))
        .containsExactly("  (an event of 2000000 bytes)");
  }

  @Test
  void nothing_of_a_stranger_acts_on_the_terminal() {
    String hostile = ESCAPE + "]0;owned\u0007a" + RIGHT_TO_LEFT + "b\u009b2Jc\r\nd\u200be";
    assertThat(of(said(hostile))).containsExactly("  ]0;ownedab2Jc de");
    String call =
        "{\"type\":\"assistant\",\"message\":{\"content\":[{\"type\":\"tool_use\",\"name\":"
            + ArtifactJson.line(hostile)
            + ",\"input\":{\"x\":"
            + ArtifactJson.line(hostile)
            + "}}]}}";
    String noJson = "not json " + hostile;
    for (String event : List.of(call, noJson)) {
      assertThat(of(event))
          .allSatisfy(line -> assertThat(line).doesNotContainPattern("[\\p{Cc}\\p{Cf}]"));
    }
  }

  @Test
  void lines_are_as_wide_as_the_terminal_and_coloured_only_by_us() {
    AgentEventLines narrow = new AgentEventLines(new TextStyle(40, true));
    String line = narrow.lines(0, said("w".repeat(100) + ESCAPE + "[31m")).get(0);
    assertThat(line).isEqualTo("  " + "w".repeat(37) + "…");
    assertThat(
            narrow.lines(
                0,
                "{\"type\":\"user\",\"message\":{\"content\":[{\"type\":\"tool_result\","
                    + "\"content\":\"fine\"}]}}"))
        .containsExactly(ESCAPE + "[2m    fine" + ESCAPE + "[0m");
  }

  @Test
  void json_lines_keep_their_values_and_are_harmless_when_seen() {
    String event = "{\"type\":\"x\",\"text\":\"a" + RIGHT_TO_LEFT + "\u009bb ☃ c\"}";
    String safe = AgentEventLines.json(event);
    assertThat(safe).contains("a\\u202e\\u009bb ☃ c").doesNotContain(RIGHT_TO_LEFT, "\u009b");
    assertThat(ArtifactJson.read(safe, JsonNode.class, "safe"))
        .isEqualTo(ArtifactJson.read(event, JsonNode.class, "event"));
    assertThat(AgentEventLines.json("oops" + ESCAPE + "[2J"))
        .isEqualTo("{\"type\":\"output\",\"text\":\"oops\\u001B[2J\"}");
  }
}
