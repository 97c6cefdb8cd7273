package dev.repofleet.artifacts.finding;

import static dev.repofleet.artifacts.GoldenFile.isGolden;
import static dev.repofleet.artifacts.finding.SampleAnswer.answer;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What an agent answers with, and the schema that it is held to. */
class AgentAnswerJsonTest {
  @Test
  void theAnswerOfTheAgentHasItsShape() throws IOException {
    isGolden(answer(), "answer.json");
  }

  @Test
  void theSchemaOfTheAnswerIsPinned() throws IOException {
    isGolden(AnswerSchema.forRules(List.of("sql-injection", "other")), "answer-schema.json");
  }
}
