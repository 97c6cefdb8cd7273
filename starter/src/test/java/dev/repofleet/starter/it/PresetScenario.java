package dev.repofleet.starter.it;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.repofleet.e2b.local.model.Conversation;
import dev.repofleet.e2b.local.model.Reply;
import dev.repofleet.e2b.local.model.ReviewOptions;
import dev.repofleet.e2b.local.model.ReviewScenario;
import dev.repofleet.e2b.local.model.Scenario;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A review that answers under whatever rules the schema names, one after the other, and remembers
 * what it was asked. Thread-safe.
 */
final class PresetScenario implements Scenario {
  private static final JsonNode ANY = JsonNodeFactory.instance.objectNode();

  private final Scenario review = new ReviewScenario(ReviewOptions.DEFAULTS);
  private final Map<String, List<String>> prompts = new ConcurrentHashMap<>();
  private final Map<String, List<String>> rules = new ConcurrentHashMap<>();

  /** The prompts of a session, as they arrived. */
  List<String> prompts(String session) {
    return prompts.getOrDefault(session, List.of());
  }

  /** The rules that the session's schema named. */
  List<String> rules(String session) {
    return rules.getOrDefault(session, List.of());
  }

  @Override
  public Reply reply(Conversation conversation) {
    String session = String.valueOf(conversation.sessionId());
    prompts.merge(
        session,
        conversation.prompts(),
        (before, now) -> now.size() < before.size() ? before : now);
    JsonNode schema = conversation.answerSchema().orElse(null);
    if (schema == null) {
      return review.reply(conversation);
    }
    List<String> named = new ArrayList<>();
    schema
        .at("/properties/findings/items/properties/ruleId/enum")
        .forEach(rule -> named.add(rule.asText()));
    rules.put(session, List.copyOf(named));
    Conversation anyRule =
        new Conversation(
            conversation.model(),
            conversation.sessionId(),
            conversation.messages(),
            Map.of(Conversation.STRUCTURED_OUTPUT, ANY));
    return under(named, review.reply(anyRule));
  }

  private static Reply under(List<String> rules, Reply reply) {
    if (!(reply instanceof Reply.Answer answer)) {
      return reply;
    }
    List<Reply.Block> blocks = new ArrayList<>();
    for (Reply.Block block : answer.blocks()) {
      boolean structured =
          block instanceof Reply.ToolCall call
              && call.name().equals(Conversation.STRUCTURED_OUTPUT);
      blocks.add(structured ? under(rules, (Reply.ToolCall) block) : block);
    }
    return new Reply.Answer(blocks, answer.delay());
  }

  private static Reply.ToolCall under(List<String> rules, Reply.ToolCall call) {
    ObjectNode answer = call.input().deepCopy();
    int number = 0;
    for (JsonNode finding : answer.path("findings")) {
      ((ObjectNode) finding).put("ruleId", rules.get(number++ % rules.size()));
      if (rules.contains("entry-point")) {
        ((ObjectNode) finding).put("severity", "info");
      }
    }
    return new Reply.ToolCall(call.name(), answer);
  }
}
