package dev.repofleet.starter.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.repofleet.e2b.E2bClient;
import dev.repofleet.e2b.E2bOptions;
import dev.repofleet.e2b.SandboxInfo;
import dev.repofleet.e2b.SandboxSpec;
import dev.repofleet.starter.testing.Waiting;
import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.progress.BatchStatus;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a terminated batch leaves is removed, and nothing else that stands beside it. */
@Order(1)
@Timeout(value = 60, unit = TimeUnit.MINUTES)
class SandboxesReapIT {
  private static final int EXTRA_TURNS = 5;
  private static final Duration DELAY = Duration.ofMillis(2500);

  /** Of an agent that is to be at work until all has been looked at, on a busy machine too. */
  private static final Duration LONG = Duration.ofSeconds(60);

  @TempDir Path folder = Path.of("");

  @Test
  void only_the_sandbox_that_nobody_owns_is_deleted() {
    List<String> names = Attack.names(2);
    try (AttackedFleet attacked =
        new AttackedFleet(
            new AttackedFleet.Setup("SandboxesReapIT", folder, names, 1, EXTRA_TURNS))) {
      SeparateFleet fleet = attacked.fleet();
      LookingOn looking = new LookingOn(fleet);
      StartedBatch left = begin(attacked, "left", names.get(0));
      StartedBatch living = begin(attacked, "living", names.get(1));
      awaitAgents(attacked, 2);
      attacked.pace(LONG);
      // The pool would delete the same sandbox at its next look.
      FleetProcess worker = attacked.workers().alive().get(0).process();
      worker.stop();
      left.workflow().terminate("as the button does");
      left.review(left.keys().get(0)).terminate("as the button does");
      living.reset(living.keys().get(0), 0.99);

      String foreign = create(fleet, Map.of("fleet", "staging"));
      String young = create(fleet, labelsOfUnknownRun(left));
      String strange = create(fleet, labelsOfUnknownRun("elsewhere"));

      List<JsonNode> list = looking.json("sandboxes", "list");
      assertThat(list)
          .filteredOn(line -> line.path("batch").asText().equals("living"))
          .extracting(line -> line.path("reason").asText())
          .as("the run that asked for it was ended by the reset")
          .containsExactly("a later run of its review is open");
      Map<String, String> owners = owners(list);
      assertThat(owners)
          .containsOnlyKeys(sandboxOf(fleet, left), sandboxOf(fleet, living), young, strange)
          .containsEntry(sandboxOf(fleet, left), "free")
          .containsEntry(sandboxOf(fleet, living), "owned")
          .containsEntry(young, "young")
          .containsEntry(strange, "unknown")
          .doesNotContainKey(foreign);

      String orphan = sandboxOf(fleet, left);
      assertThat(acted(looking.json("sandboxes", "reap", "--dry-run")))
          .isEqualTo(Map.of(orphan, "would_delete"));
      assertThat(fleet.sandboxes()).as("after a dry run").hasSize(5);
      FleetProcess reap = fleet.start("reap", "sandboxes", "reap");
      assertThat(reap.awaitExit(Waiting.LONG)).as(reap.tail()).isZero();
      assertThat(reap.out().lines()).hasSize(1).first().asString().contains(orphan, "deleted");
      assertThat(reap.err())
          .contains("Deleted 1; left alone: 1 owned, 1 young, 1 unknown.")
          .contains("1 sandbox of the account is not this fleet's.")
          .contains(young, strange)
          .doesNotContain(foreign);
      assertThat(ids(fleet))
          .containsExactlyInAnyOrder(sandboxOf(fleet, living), young, strange, foreign);
      assertThat(acted(looking.json("sandboxes", "reap"))).as("a second time").isEmpty();

      worker.resume();
      attacked.pace(Duration.ZERO);
      assertThat(living.awaitOutcome(Waiting.LONG).status()).isEqualTo(BatchStatus.COMPLETE);
      List.of(young, strange, foreign).forEach(fleet::deleteSandbox);
      Undisturbed.assertClean(attacked, living);
      FleetProcess nothing = fleet.start("list", "sandboxes", "list");
      assertThat(nothing.awaitExit(Waiting.LONG)).as(nothing.tail()).isZero();
      assertThat(nothing.err()).contains("holds no sandbox");
    }
  }

  private static StartedBatch begin(AttackedFleet attacked, String batch, String repository) {
    return attacked.begin(batch, DELAY, List.of(repository), StartedBatch.Start.HURRIED);
  }

  private static void awaitAgents(AttackedFleet attacked, int agents) {
    Waiting.until(
        "each agent has had an answer",
        Waiting.LONG,
        () ->
            attacked.ledger().totalsBySession().size() == agents
                && attacked.ledger().totalsBySession().values().stream()
                    .allMatch(totals -> totals.answered() >= 1));
  }

  private static Map<String, String> labelsOfUnknownRun(StartedBatch batch) {
    return labelsOfUnknownRun(batch.batch());
  }

  private static Map<String, String> labelsOfUnknownRun(String batch) {
    String review = Fleet.reviewWorkflowId(batch, "another-0123456789");
    String run = UUID.randomUUID().toString();
    return Map.of(
        "fleet",
        Fleet.DEFAULT.name(),
        "lease",
        review + ":" + run + ":0",
        "workflow",
        review,
        "run",
        run);
  }

  private static String create(SeparateFleet fleet, Map<String, String> labels) {
    try (E2bClient client = new E2bClient(E2bOptions.fromEnvironment(fleet.environment()))) {
      return client
          .create(
              SandboxSpec.builder()
                  .template("claude")
                  .timeout(Duration.ofMinutes(30))
                  .metadata(labels)
                  .build())
          .sandboxId();
    }
  }

  /** The one that a worker made for the batch's only review. */
  private static String sandboxOf(SeparateFleet fleet, StartedBatch batch) {
    String review = batch.reviewId(batch.keys().get(0));
    return fleet.sandboxes().stream()
        .filter(sandbox -> review.equals(sandbox.metadata().get("workflow")))
        .map(SandboxInfo::sandboxId)
        .findFirst()
        .orElseThrow();
  }

  private static List<String> ids(SeparateFleet fleet) {
    return fleet.sandboxes().stream().map(SandboxInfo::sandboxId).toList();
  }

  private static Map<String, String> owners(List<JsonNode> lines) {
    Map<String, String> owners = new TreeMap<>();
    lines.forEach(line -> owners.put(line.path("sandboxId").asText(), line.path("owner").asText()));
    return owners;
  }

  private static Map<String, String> acted(List<JsonNode> lines) {
    Map<String, String> acted = new TreeMap<>();
    lines.stream()
        .filter(line -> line.has("action"))
        .forEach(line -> acted.put(line.path("sandboxId").asText(), line.path("action").asText()));
    return acted;
  }
}
