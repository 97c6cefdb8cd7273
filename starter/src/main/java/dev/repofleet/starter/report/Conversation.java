package dev.repofleet.starter.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.starter.render.ToolInput;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The end of what an agent said and did, as much of it as a page shows. Keeps the latest events as
 * they come and reads only those. For one review and one thread.
 */
final class Conversation {
  static final int MAX_ENTRIES = 200;
  static final int MAX_TEXT = 2000;

  /** Longer events are pictures and whole files: told, not shown. */
  private static final int MAX_EVENT = 1 << 20;

  private static final int MAX_KEPT = 8 << 20;
  private static final ObjectMapper JSON = ArtifactJson.newMapper();

  private final FoundSecrets secrets;
  private final Deque<Event> latest = new ArrayDeque<>();
  private final List<Entry> entries = new ArrayList<>();
  private long kept;
  private long dropped;

  Conversation(FoundSecrets secrets) {
    this.secrets = secrets;
  }

  /** The next event of the agent's stream. */
  void event(@Nullable Integer turn, String line) {
    if (line.isBlank()) {
      return;
    }
    String text =
        line.length() <= MAX_EVENT ? line : "{\"type\":\"left\",\"length\":" + line.length() + "}";
    latest.addLast(new Event(turn, text));
    kept += text.length();
    while (latest.size() > MAX_ENTRIES || kept > MAX_KEPT) {
      kept -= latest.removeFirst().line().length();
      dropped++;
    }
  }

  /**
   * The latest entries in their order, and how many events are left out before them.
   *
   * @param left bytes of the page for it
   */
  ObjectNode shown(long left) {
    latest.forEach(this::read);
    int first = Math.max(0, entries.size() - MAX_ENTRIES);
    long size = 0;
    for (int i = entries.size() - 1; i >= first; i--) {
      size += 40L + 2L * entries.get(i).text().length();
      if (size > left) {
        first = i + 1;
      }
    }
    ArrayNode shown = EmbeddedJson.array();
    for (Entry entry : entries.subList(first, entries.size())) {
      ObjectNode node = EmbeddedJson.object().put("kind", entry.kind());
      if (entry.turn() != null) {
        node.put("turn", entry.turn());
      }
      shown.add(node.put("text", entry.text()));
    }
    ObjectNode talk = EmbeddedJson.object().put("left", dropped + first);
    talk.set("entries", shown);
    return talk;
  }

  private void read(Event event) {
    JsonNode node = tree(event.line());
    Integer turn = event.turn();
    switch (node.path("type").asText()) {
      case "assistant" -> said(turn, node.path("message").path("content"));
      case "user" -> cameBack(turn, node.path("message").path("content"));
      case "result" -> ended(turn, node);
      case "left" -> add("left", turn, node.path("length").asLong() + " characters");
      default -> {
        // What a session begins with, limits of rate, and what comes with later versions.
      }
    }
  }

  private static JsonNode tree(String line) {
    try {
      return JSON.readTree(line);
    } catch (JsonProcessingException e) {
      return EmbeddedJson.object();
    }
  }

  private void said(@Nullable Integer turn, JsonNode content) {
    for (JsonNode block : content) {
      switch (block.path("type").asText()) {
        case "text" -> add("said", turn, block.path("text").asText());
        case "thinking" -> add("thought", turn, block.path("thinking").asText());
        case "tool_use" ->
            add(
                "tool",
                turn,
                block.path("name").asText() + " " + ToolInput.telling(block.path("input")));
        default -> {
          // Nothing to read.
        }
      }
    }
  }

  private void cameBack(@Nullable Integer turn, JsonNode content) {
    if (content.isTextual()) {
      add("asked", turn, content.asText());
    }
    for (JsonNode block : content) {
      switch (block.path("type").asText()) {
        case "text" -> add("asked", turn, block.path("text").asText());
        case "tool_result" ->
            add(
                block.path("is_error").asBoolean() ? "failed" : "result",
                turn,
                text(block.path("content")));
        default -> {
          // Nothing to read.
        }
      }
    }
  }

  private static String text(JsonNode content) {
    if (content.isTextual()) {
      return content.asText();
    }
    StringBuilder text = new StringBuilder();
    for (JsonNode block : content) {
      text.append(text.isEmpty() ? "" : "\n").append(block.path("text").asText());
    }
    return text.toString();
  }

  private void ended(@Nullable Integer turn, JsonNode result) {
    String first = result.path("errors").path(0).asText();
    String said = first.isBlank() ? result.path("result").asText() : first;
    add("end", turn, result.path("subtype").asText() + (said.isBlank() ? "" : ": " + said));
  }

  private void add(String kind, @Nullable Integer turn, String text) {
    if (!text.isBlank()) {
      // Masked before it is cut: half a secret would not be known again.
      String shown = secrets.masked(ShortText.of(text.strip(), 2 * MAX_TEXT));
      entries.add(new Entry(kind, turn, ShortText.of(shown, MAX_TEXT)));
    }
  }

  private record Event(@Nullable Integer turn, String line) {}

  private record Entry(String kind, @Nullable Integer turn, String text) {}
}
