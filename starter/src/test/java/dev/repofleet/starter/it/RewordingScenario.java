package dev.repofleet.starter.it;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.repofleet.e2b.local.model.Conversation;
import dev.repofleet.e2b.local.model.Reply;
import dev.repofleet.e2b.local.model.ReviewOptions;
import dev.repofleet.e2b.local.model.ReviewScenario;
import dev.repofleet.e2b.local.model.Scenario;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A model that finds the same each time and never says it the same way: other words, another
 * confidence, another order. Thread-safe.
 */
final class RewordingScenario implements Scenario {
  private final Scenario review = new ReviewScenario(ReviewOptions.DEFAULTS);
  private final AtomicInteger answers = new AtomicInteger();

  @Override
  public Reply reply(Conversation conversation) {
    return StructuredAnswers.changed(review.reply(conversation), this::reworded);
  }

  private ObjectNode reworded(ObjectNode answer) {
    int number = answers.incrementAndGet();
    List<JsonNode> findings = new ArrayList<>();
    for (JsonNode finding : answer.path("findings")) {
      ObjectNode said = (ObjectNode) finding;
      for (String field : List.of("title", "summary", "evidence", "remediation")) {
        said.put(field, "Way " + number + " to put " + field + " " + findings.size());
      }
      said.put("confidence", number % 2 == 0 ? "low" : "medium");
      findings.add(0, said);
    }
    ArrayNode other = answer.putArray("findings");
    findings.forEach(other::add);
    return answer;
  }
}
