package dev.repofleet.starter.render;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.repofleet.artifacts.ArtifactJson;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The agent's event stream in lines for a person: what it says, which tools it calls, what came
 * back, and tokens and cost at the end of a turn. All of it is text of strangers. Not thread-safe:
 * it remembers which turn it is in.
 */
public final class AgentEventLines {
  private static final ObjectMapper JSON = ArtifactJson.newMapper();

  private static final int MAX_TOOL = 40;
  private static final String SAID = "  ";
  private static final String CAME_BACK = "    ";

  private final TextStyle style;
  private @Nullable Integer turn;

  /** Lines of this style. */
  public AgentEventLines(TextStyle style) {
    this.style = style;
  }

  /**
   * The lines of one event; none for what tells a person nothing.
   *
   * @param ofTurn the event belongs to, from 0; absent when it is not known
   * @param event a line of the stream
   */
  public List<String> lines(@Nullable Integer ofTurn, String event) {
    turn = ofTurn;
    Optional<JsonNode> tree = tree(event);
    if (tree.isEmpty()) {
      return event.isBlank() ? List.of() : List.of(style.dress(Tone.FAINT, fitted(SAID, event)));
    }
    JsonNode node = tree.get();
    return switch (node.path("type").asText()) {
      case "system" -> system(node);
      case "assistant" -> said(node.path("message").path("content"));
      case "user" -> cameBack(node.path("message").path("content"));
      case "result" -> List.of(end(node));
      case "rate_limit_event" -> List.of();
      default -> left(node);
    };
  }

  /**
   * The event as a line of JSON in which nothing acts on a terminal: invisible characters are
   * escaped, which changes no value; what is no JSON becomes the text of an {@code output} event.
   */
  public static String json(String event) {
    String line =
        tree(event).isPresent()
            ? event
            : ArtifactJson.line(JSON.createObjectNode().put("type", "output").put("text", event));
    return PlainText.inJson(line);
  }

  private static Optional<JsonNode> tree(String event) {
    try {
      return Optional.ofNullable(JSON.readTree(event)).filter(JsonNode::isObject);
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }

  private List<String> system(JsonNode event) {
    String kind = event.path("subtype").asText();
    if (kind.equals("init")) {
      return begun(event);
    }
    String error = event.path("error").asText();
    return kind.equals("api_retry")
        ? List.of(style.dress(Tone.BAD, fitted(SAID, "the model is asked again: " + error)))
        : List.of();
  }

  /** The model and the session, and each MCP server whose tools the agent goes without. */
  private List<String> begun(JsonNode init) {
    String session = init.path("session_id").asText();
    List<String> lines = new ArrayList<>();
    lines.add(
        style.dress(
            Tone.STRONG,
            fitted(
                "",
                (turn == null ? "agent" : "turn " + turn)
                    + ": "
                    + init.path("model").asText()
                    + (session.isEmpty() ? "" : ", session " + session))));
    for (JsonNode server : init.path("mcp_servers")) {
      String status = server.path("status").asText();
      if (!status.equals("connected")) {
        String name = server.path("name").asText();
        lines.add(
            style.dress(
                Tone.BAD, fitted(SAID, "without the tools of MCP server " + name + ": " + status)));
      }
    }
    return lines;
  }

  private List<String> said(JsonNode content) {
    List<String> lines = new ArrayList<>();
    for (JsonNode block : content) {
      switch (block.path("type").asText()) {
        case "text" -> {
          if (!block.path("text").asText().isBlank()) {
            lines.add(fitted(SAID, block.path("text").asText()));
          }
        }
        case "thinking" -> {
          if (!block.path("thinking").asText().isBlank()) {
            lines.add(style.dress(Tone.FAINT, fitted(SAID, block.path("thinking").asText())));
          }
        }
        case "tool_use" -> lines.add(called(block.path("name").asText(), block.path("input")));
        default -> {
          // Pictures and what comes with later versions: nothing to read.
        }
      }
    }
    return lines;
  }

  /** Of a path the end tells most. */
  private String called(String tool, JsonNode input) {
    String telling = ToolInput.telling(input);
    if (!ToolInput.isPath(input)) {
      return fitted(SAID, tool + ": " + telling);
    }
    String head = SAID + PlainText.of(tool, MAX_TOOL) + ": ";
    int room = Math.max(MAX_TOOL, style.width() - TextColumns.of(head));
    return head + TextColumns.tail(PlainText.name(telling), room);
  }

  private List<String> cameBack(JsonNode content) {
    List<String> lines = new ArrayList<>();
    for (JsonNode block : content) {
      if (block.path("type").asText().equals("tool_result")) {
        boolean failed = block.path("is_error").asBoolean();
        String line =
            fitted(CAME_BACK, (failed ? "failed: " : "") + firstLine(block.path("content")));
        lines.add(failed ? style.dress(Tone.BAD, line) : style.dress(Tone.FAINT, line));
      }
    }
    return lines;
  }

  private static String firstLine(JsonNode content) {
    String text = content.asText();
    for (JsonNode block : content) {
      text = block.path("text").asText();
      if (!text.isBlank()) {
        break;
      }
    }
    return text.lines().filter(line -> !line.isBlank()).findFirst().orElse("(nothing)");
  }

  private String end(JsonNode result) {
    boolean failed = result.path("is_error").asBoolean();
    JsonNode usage = result.path("usage");
    long in =
        usage.path("input_tokens").asLong()
            + usage.path("cache_read_input_tokens").asLong()
            + usage.path("cache_creation_input_tokens").asLong();
    String line =
        fitted(
            "",
            "%s: %s · %s · %,d tokens in, %,d out · %s · %s%s"
                .formatted(
                    turn == null ? "end" : "turn " + turn,
                    result.path("subtype").asText(),
                    Wording.count(result.path("num_turns").asLong(), "step", "steps"),
                    in,
                    usage.path("output_tokens").asLong(),
                    Wording.dollars(result.path("total_cost_usd").asDouble()),
                    Wording.duration(Duration.ofMillis(result.path("duration_ms").asLong())),
                    failed ? " · " + reason(result) : ""));
    return failed ? style.dress(Tone.BAD, line) : style.dress(Tone.STRONG, line);
  }

  private static String reason(JsonNode result) {
    String first = result.path("errors").path(0).asText();
    return first.isBlank() ? result.path("result").asText() : first;
  }

  /** A line that was too long for the live view says how long it was. */
  private List<String> left(JsonNode event) {
    long length = event.path("repofleetCut").asLong();
    return length == 0
        ? List.of()
        : List.of(style.dress(Tone.FAINT, fitted(SAID, "(an event of " + length + " bytes)")));
  }

  private String fitted(String indent, String text) {
    return indent + TextColumns.head(PlainText.of(text), style.width() - indent.length());
  }
}
