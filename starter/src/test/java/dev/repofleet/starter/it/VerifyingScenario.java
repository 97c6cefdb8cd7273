package dev.repofleet.starter.it;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.e2b.local.model.Conversation;
import dev.repofleet.e2b.local.model.Reply;
import dev.repofleet.e2b.local.model.ReviewOptions;
import dev.repofleet.e2b.local.model.ReviewScenario;
import dev.repofleet.e2b.local.model.Scenario;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A model that reviews, and that looks at the code some times when it is asked for verdicts: then
 * the first finding is confirmed, the second rejected, and any other left undecided. It keeps what
 * it was asked. Thread-safe.
 */
final class VerifyingScenario implements Scenario {
  /** The model's calls in one verification. */
  static final int CALLS = 4;

  private static final List<String> VERDICTS = List.of("confirmed", "rejected", "undecided");

  private final Scenario review = new ReviewScenario(ReviewOptions.DEFAULTS);
  private final List<Conversation> asked = new CopyOnWriteArrayList<>();

  /** All it was asked in a session, in the order of the calls. */
  List<Conversation> asked(String session) {
    return asked.stream().filter(conversation -> session.equals(conversation.sessionId())).toList();
  }

  @Override
  public Reply reply(Conversation conversation) {
    asked.add(conversation);
    boolean verifies =
        conversation
            .answerSchema()
            .filter(schema -> schema.path("properties").has("verdicts"))
            .isPresent();
    return verifies ? verify(conversation) : review.reply(conversation);
  }

  private static Reply verify(Conversation conversation) {
    long looked =
        conversation.steps().stream().filter(step -> step.call().tool().equals("Bash")).count();
    if (looked < CALLS - 1) {
      return Reply.tool(
          "I look at the code.",
          "Bash",
          JsonNodeFactory.instance
              .objectNode()
              .put("command", "git grep -n os.system; echo look " + looked)
              .put("description", "Look for the " + (looked + 1) + ". time"));
    }
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    var verdicts = answer.putArray("verdicts");
    for (JsonNode finding : findings(conversation)) {
      String verdict = VERDICTS.get(Math.min(verdicts.size(), VERDICTS.size() - 1));
      verdicts
          .addObject()
          .put("id", finding.path("id").asText())
          .put("verdict", verdict)
          .put("reason", "Scripted: " + finding.path("path").asText() + " is " + verdict + ".");
    }
    return Reply.tool("I have seen enough.", Conversation.STRUCTURED_OUTPUT, answer);
  }

  private static List<JsonNode> findings(Conversation conversation) {
    return conversation.prompts().stream()
        .flatMap(String::lines)
        .filter(line -> line.startsWith("{"))
        .map(line -> ArtifactJson.read(line, JsonNode.class, "a finding"))
        .toList();
  }
}
