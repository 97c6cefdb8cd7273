package dev.repofleet.starter.it;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.repofleet.e2b.local.model.Conversation;
import dev.repofleet.e2b.local.model.Reply;
import dev.repofleet.e2b.local.model.ReviewOptions;
import dev.repofleet.e2b.local.model.ReviewScenario;
import dev.repofleet.e2b.local.model.Scenario;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A model that finds something on every line of very many files, and never says it the same way.
 * One in ten is critical. Thread-safe.
 */
final class ManyFindingsScenario implements Scenario {
  private final Scenario review = new ReviewScenario(ReviewOptions.DEFAULTS);
  private final AtomicInteger answers = new AtomicInteger();
  private final int files;
  private final int lines;

  ManyFindingsScenario(int files, int lines) {
    this.files = files;
    this.lines = lines;
  }

  /** Of the file with a number. */
  static String path(int file) {
    return "src/part%02d/file%04d.py".formatted(file / 100, file);
  }

  @Override
  public Reply reply(Conversation conversation) {
    return StructuredAnswers.changed(review.reply(conversation), this::filled);
  }

  private ObjectNode filled(ObjectNode answer) {
    int number = answers.incrementAndGet();
    ArrayNode findings = answer.putArray("findings");
    for (int file = 0; file < files; file++) {
      for (int line = 1; line <= lines; line++) {
        ObjectNode finding = findings.addObject();
        finding.put("ruleId", "weak-crypto").put("title", "Answer " + number + ", line " + line);
        finding.put("severity", line == lines ? "critical" : "low").put("confidence", "medium");
        finding.put("path", path(file)).put("startLine", line).put("endLine", line);
        finding.put("summary", "What is wrong, said for the time " + number + ".");
        finding.put("evidence", "It stands there.").put("remediation", "Another way.");
        finding.putArray("cwe").add("CWE-327");
      }
    }
    return answer;
  }
}
