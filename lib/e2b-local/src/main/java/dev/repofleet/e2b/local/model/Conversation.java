package dev.repofleet.e2b.local.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A decoded request: what has been said and done so far in one session. Immutable.
 *
 * <p>The client's own insertions are left out, because they differ from call to call: messages of
 * role {@code system} (budget left, lists of skills), {@code <system-reminder>} texts (today's
 * date), its demand for the structured answer, and what it puts in before the prompt of a resumed
 * session whose transcript ends with a tool's result.
 *
 * @param model as the request names it
 * @param sessionId of the client, or null when the request carries none
 * @param messages in order
 * @param tools input schemas of the offered tools by name
 */
public record Conversation(
    String model, @Nullable String sessionId, List<Message> messages, Map<String, JsonNode> tools) {
  /** The tool that the CLI adds for {@code --json-schema}. */
  public static final String STRUCTURED_OUTPUT = "StructuredOutput";

  /** Copies its lists. */
  public Conversation {
    messages = List.copyOf(messages);
    tools = Map.copyOf(tools);
  }

  /** Who says something. */
  public enum Role {
    /** The user, and the results of tools. */
    USER,
    /** The model. */
    ASSISTANT
  }

  /**
   * Texts, tool calls and tool results of one message.
   *
   * @param role who
   * @param texts without the client's own insertions
   * @param calls of tools, by the assistant
   * @param results of tools, by call id
   */
  public record Message(
      Role role, List<String> texts, List<Call> calls, Map<String, Result> results) {
    /** Copies its lists and keeps their order. */
    public Message {
      texts = List.copyOf(texts);
      calls = List.copyOf(calls);
      results = Collections.unmodifiableMap(new LinkedHashMap<>(results));
    }
  }

  /**
   * A tool call of the model.
   *
   * @param id of the call
   * @param tool name of the tool
   * @param input of the call
   */
  public record Call(String id, String tool, JsonNode input) {}

  /**
   * What a tool gave back.
   *
   * @param text as the client shortened it
   * @param failed whether the client reports an error
   */
  public record Result(String text, boolean failed) {}

  /**
   * A call that has its result.
   *
   * @param call the call
   * @param result its result
   */
  public record Step(Call call, Result result) {}

  /** The prompts of the user, oldest first. */
  public List<String> prompts() {
    return messages.stream()
        .filter(message -> message.role() == Role.USER)
        .flatMap(message -> message.texts().stream())
        .toList();
  }

  /** All tool calls that have a result, oldest first. */
  public List<Step> steps() {
    return stepsFrom(0);
  }

  /** The tool calls since the last prompt that have a result, oldest first. */
  public List<Step> stepsSincePrompt() {
    int from = 0;
    for (int i = 0; i < messages.size(); i++) {
      Message message = messages.get(i);
      if (message.role() == Role.USER && !message.texts().isEmpty()) {
        from = i;
      }
    }
    return stepsFrom(from);
  }

  /** Whether nothing was said by the model yet. */
  public boolean isFirstCall() {
    return messages.stream().noneMatch(message -> message.role() == Role.ASSISTANT);
  }

  /** The schema of the structured answer, if the client asks for one. */
  public Optional<JsonNode> answerSchema() {
    return Optional.ofNullable(tools.get(STRUCTURED_OUTPUT));
  }

  private List<Step> stepsFrom(int from) {
    Map<String, Result> results = new HashMap<>();
    messages.forEach(message -> results.putAll(message.results()));
    List<Step> steps = new ArrayList<>();
    for (Message message : messages.subList(from, messages.size())) {
      for (Call call : message.calls()) {
        Result result = results.get(call.id());
        if (result != null) {
          steps.add(new Step(call, result));
        }
      }
    }
    return steps;
  }

  /**
   * Decodes the body of {@code POST /v1/messages}.
   *
   * @param header the value of {@code X-Claude-Code-Session-Id}, observed in CLI 2.1.197, or null;
   *     without it the id is looked for in {@code metadata.user_id}
   */
  static Conversation decode(JsonNode body, @Nullable String header) {
    List<Message> messages = new ArrayList<>();
    for (JsonNode message : body.path("messages")) {
      String role = message.path("role").asText();
      if (role.equals("user") || role.equals("assistant")) {
        messages.add(message(role, message.path("content")));
      }
    }
    Map<String, JsonNode> tools = new LinkedHashMap<>();
    for (JsonNode tool : body.path("tools")) {
      JsonNode schema = tool.path("input_schema");
      tools.put(
          tool.path("name").asText(),
          schema.isMissingNode() ? JsonNodeFactory.instance.objectNode() : schema);
    }
    String session =
        header != null ? header : SessionId.of(body.path("metadata").path("user_id").asText());
    return new Conversation(body.path("model").asText("unknown"), session, messages, tools);
  }

  private static Message message(String role, JsonNode content) {
    List<String> texts = new ArrayList<>();
    List<Call> calls = new ArrayList<>();
    Map<String, Result> results = new LinkedHashMap<>();
    if (content.isTextual()) {
      addText(texts, content.asText());
    }
    for (JsonNode block : content) {
      switch (block.path("type").asText()) {
        case "text" -> addText(texts, block.path("text").asText());
        case "tool_use" ->
            calls.add(
                new Call(
                    block.path("id").asText(), block.path("name").asText(), block.path("input")));
        case "tool_result" ->
            results.put(
                block.path("tool_use_id").asText(),
                new Result(plainText(block.path("content")), block.path("is_error").asBoolean()));
        default -> {
          // Images and kinds that are still to come say nothing to a script.
        }
      }
    }
    return new Message(role.equals("user") ? Role.USER : Role.ASSISTANT, texts, calls, results);
  }

  private static void addText(List<String> texts, String text) {
    String trimmed = text.strip();
    boolean inserted =
        trimmed.startsWith("<system-reminder>")
            || trimmed.startsWith("[structured-output-enforce]")
            || trimmed.startsWith("[Request interrupted by user")
            || trimmed.equals("Continue from where you left off.");
    if (!trimmed.isEmpty() && !inserted) {
      texts.add(trimmed);
    }
  }

  private static String plainText(JsonNode content) {
    if (content.isTextual()) {
      return content.asText();
    }
    StringBuilder text = new StringBuilder();
    for (JsonNode block : content) {
      text.append(block.path("text").asText());
    }
    return text.toString();
  }
}
