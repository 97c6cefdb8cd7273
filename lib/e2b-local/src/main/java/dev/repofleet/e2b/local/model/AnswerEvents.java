package dev.repofleet.e2b.local.model;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * An answer on the wire of the Messages API: one JSON message, or a stream of server-sent events.
 *
 * @param messageId unique, as the client counts a message's usage once by it
 * @param toolIdPrefix of tool calls; the same for the same conversation
 */
record AnswerEvents(
    String messageId, String toolIdPrefix, String model, List<Reply.Block> blocks, Usage usage) {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  /** Keeps the stream alive while the model thinks. */
  static final String PING = event(JSON.objectNode().put("type", "ping"));

  /** What comes at once. */
  String head() {
    ObjectNode start = JSON.objectNode().put("type", "message_start");
    ObjectNode message = whole().putNull("stop_reason");
    message.set("usage", usageNode(usage).put("output_tokens", 1));
    message.set("content", JSON.arrayNode());
    start.set("message", message);
    return event(start);
  }

  /** What comes when the model has thought. */
  String rest() {
    StringBuilder events = new StringBuilder();
    for (int index = 0; index < blocks.size(); index++) {
      append(events, index, blocks.get(index));
    }
    ObjectNode end = JSON.objectNode().put("type", "message_delta");
    end.putObject("delta").put("stop_reason", stopReason()).putNull("stop_sequence");
    end.set("usage", usageNode(usage));
    events.append(event(end));
    return events.append(event(JSON.objectNode().put("type", "message_stop"))).toString();
  }

  /** The whole answer for a client that did not ask for a stream. */
  ObjectNode whole() {
    ObjectNode message =
        JSON.objectNode()
            .put("id", messageId)
            .put("type", "message")
            .put("role", "assistant")
            .put("model", model);
    var content = message.putArray("content");
    for (int index = 0; index < blocks.size(); index++) {
      content.add(content(toolIdPrefix, index, blocks.get(index)));
    }
    message.put("stop_reason", stopReason()).putNull("stop_sequence");
    message.set("usage", usageNode(usage));
    return message;
  }

  /** Length of the content in bytes: what its output tokens are counted from. */
  static int contentBytes(List<Reply.Block> blocks) {
    int bytes = 0;
    for (Reply.Block block : blocks) {
      bytes += content("", 0, block).toString().getBytes(StandardCharsets.UTF_8).length;
    }
    return bytes;
  }

  private String stopReason() {
    boolean calls = blocks.stream().anyMatch(Reply.ToolCall.class::isInstance);
    return calls ? "tool_use" : "end_turn";
  }

  private void append(StringBuilder events, int index, Reply.Block block) {
    ObjectNode content = content(toolIdPrefix, index, block);
    ObjectNode delta = JSON.objectNode();
    if (block instanceof Reply.ToolCall call) {
      content.set("input", JSON.objectNode());
      delta.put("type", "input_json_delta").put("partial_json", call.input().toString());
    } else {
      delta.put("type", "text_delta").put("text", content.path("text").asText());
      content.put("text", "");
    }
    ObjectNode start = indexed("content_block_start", index);
    start.set("content_block", content);
    ObjectNode change = indexed("content_block_delta", index);
    change.set("delta", delta);
    events.append(event(start)).append(event(change));
    events.append(event(indexed("content_block_stop", index)));
  }

  private static ObjectNode content(String toolIdPrefix, int index, Reply.Block block) {
    if (block instanceof Reply.ToolCall call) {
      ObjectNode node =
          JSON.objectNode()
              .put("type", "tool_use")
              .put("id", toolIdPrefix + index)
              .put("name", call.name());
      node.set("input", call.input());
      return node;
    }
    return JSON.objectNode().put("type", "text").put("text", ((Reply.Text) block).text());
  }

  private static ObjectNode indexed(String type, int index) {
    return JSON.objectNode().put("type", type).put("index", index);
  }

  private static ObjectNode usageNode(Usage usage) {
    return JSON.objectNode()
        .put("input_tokens", usage.inputTokens())
        .put("cache_creation_input_tokens", usage.cacheWriteTokens())
        .put("cache_read_input_tokens", usage.cacheReadTokens())
        .put("output_tokens", usage.outputTokens());
  }

  private static String event(ObjectNode data) {
    return "event: " + data.path("type").asText() + "\ndata: " + data + "\n\n";
  }
}
