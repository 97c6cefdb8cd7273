package dev.repofleet.starter.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.repofleet.e2b.local.model.Ledger;
import dev.repofleet.starter.testing.Waiting;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A run that nobody has attacked, and what must hold of one that was: all invariants are here.
 *
 * <p>Each repository has one row. The model was asked what it is asked undisturbed, each once, and
 * both sides count the same tokens. Results are the same once {@linkplain NormalisedResults
 * normalised}. No sandbox is left, running or paused, and no process of an agent. Every history
 * decides again as it did. No secret is in a history or in what a worker said.
 */
final class Undisturbed {

  private final Map<String, String> results;
  private final Map<String, String> findings;
  private final Map<String, List<String>> conversations = new TreeMap<>();
  private final Ledger ledger;
  private final int calls;

  Undisturbed(Results calm, Ledger ledger, int calls) {
    this.results = NormalisedResults.of(calm);
    this.findings = NormalisedResults.findings(calm);
    this.ledger = ledger;
    this.calls = calls;
    for (JsonNode row : calm.rows()) {
      List<Ledger.Call> asked = ledger.calls(row.path("sessionId").asText());
      assertThat(asked).as("undisturbed calls of %s", row.path("target")).hasSize(calls);
      conversations.put(
          row.path("key").asText(), asked.stream().map(Ledger.Call::conversation).toList());
    }
  }

  /** All of it, of a batch that has ended. */
  void assertSame(AttackedFleet attacked, StartedBatch batch) {
    Results after = batch.results();
    after.assertAllComplete(batch.keys().size());
    assertThat(after.keys()).as("one row a repository").containsExactlyElementsOf(batch.keys());
    after.assertLedgerOfRows(ledger, calls);
    for (JsonNode row : after.rows()) {
      assertThat(ledger.calls(row.path("sessionId").asText()))
          .as("what the model was asked for %s", row.path("target"))
          .extracting(Ledger.Call::conversation)
          .containsExactlyElementsOf(
              conversations.getOrDefault(row.path("key").asText(), List.of()));
    }
    NormalisedResults.of(after)
        .forEach((key, text) -> assertThat(text).as(key).isEqualTo(results.get(key)));
    assertClean(attacked, batch);
  }

  /**
   * Of a batch whose sandboxes were lost: complete, with the same findings and the same changes;
   * how often the model was asked is the caller's to judge.
   */
  void assertSameFindings(StartedBatch batch) {
    Results after = batch.results();
    after.assertAllComplete(batch.keys().size());
    assertThat(after.keys()).as("one row a repository").containsExactlyElementsOf(batch.keys());
    NormalisedResults.findings(after)
        .forEach((key, text) -> assertThat(text).as(key).isEqualTo(findings.get(key)));
  }

  /** Nothing is left running, everything replays, nothing secret was said: whatever the results. */
  static void assertClean(AttackedFleet attacked, StartedBatch batch) {
    Waiting.until(
        "no sandbox is left, running or paused",
        Waiting.LONG,
        () -> attacked.fleet().sandboxes().isEmpty());
    Waiting.until(
        "no process of an agent is left",
        Waiting.LONG,
        () ->
            AgentProcesses.all().values().stream()
                .noneMatch(
                    arguments ->
                        attacked.ledger().totalsBySession().keySet().stream()
                            .anyMatch(session -> arguments.contains(session))));
    Histories histories = batch.histories();
    histories.assertReplay();
    List<PlantedSecret> secrets =
        List.of(
            PlantedSecret.MODEL_KEY,
            new PlantedSecret("the sandboxes' key", attacked.fleet().key()));
    histories.assertWithout(secrets);
    String logs = attacked.fleet().logs(attacked.workers().processes());
    secrets.forEach(secret -> secret.assertAbsentFrom("the workers' logs", logs));
  }
}
