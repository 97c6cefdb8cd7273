package dev.repofleet.e2b.local.model;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Requests as the CLI sends them, for tests without the CLI. */
final class RequestBodies {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final ObjectNode body = JSON.createObjectNode();
  private final ArrayNode messages;

  private RequestBodies(String session) {
    body.put("model", "some-model").put("stream", true).put("max_tokens", 1000);
    ObjectNode user = JSON.createObjectNode().put("device_id", "d").put("account_uuid", "");
    body.putObject("metadata").put("user_id", user.put("session_id", session).toString());
    body.putArray("system").addObject().put("type", "text").put("text", "You are an agent.");
    messages = body.putArray("messages");
    body.putArray("tools").addObject().put("name", "Bash").putObject("input_schema");
  }

  static RequestBodies session(String session) {
    return new RequestBodies(session);
  }

  /** Offers the tool of {@code --json-schema} with one allowed rule, or any when null. */
  RequestBodies structured(String... rules) {
    ObjectNode tool = ((ArrayNode) body.path("tools")).addObject().put("name", "StructuredOutput");
    ObjectNode rule =
        tool.putObject("input_schema")
            .putObject("properties")
            .putObject("findings")
            .putObject("items")
            .putObject("properties")
            .putObject("ruleId");
    if (rules.length > 0) {
      ArrayNode words = rule.putArray("enum");
      for (String word : rules) {
        words.add(word);
      }
    }
    return this;
  }

  RequestBodies prompt(String text) {
    ArrayNode content = messages.addObject().put("role", "user").putArray("content");
    content.addObject().put("type", "text").put("text", "<system-reminder>\nToday is a day");
    content.addObject().put("type", "text").put("text", text + "\n");
    messages.addObject().put("role", "system").put("content", "USD budget: 1 of 2");
    return this;
  }

  RequestBodies assistantText(String text) {
    ArrayNode content = messages.addObject().put("role", "assistant").putArray("content");
    content.addObject().put("type", "text").put("text", text);
    return this;
  }

  /** The model's call as it was replied, and what the tool gave back. */
  RequestBodies ran(Reply reply, String output) {
    Reply.Answer answer = (Reply.Answer) reply;
    ArrayNode content = messages.addObject().put("role", "assistant").putArray("content");
    String id = "toolu_" + messages.size();
    for (Reply.Block block : answer.blocks()) {
      if (block instanceof Reply.ToolCall call) {
        content
            .addObject()
            .put("type", "tool_use")
            .put("id", id)
            .put("name", call.name())
            .set("input", call.input());
      } else {
        content.addObject().put("type", "text").put("text", ((Reply.Text) block).text());
      }
    }
    messages
        .addObject()
        .put("role", "user")
        .putArray("content")
        .addObject()
        .put("type", "tool_result")
        .put("tool_use_id", id)
        .put("is_error", false)
        .put("content", output);
    return this;
  }

  RequestBodies streaming(boolean stream) {
    body.put("stream", stream);
    return this;
  }

  String json() {
    return body.toString();
  }

  Conversation conversation() {
    return Conversation.decode(body, null);
  }
}
