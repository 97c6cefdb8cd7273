package dev.repofleet.starter.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.e2b.E2bClient;
import dev.repofleet.e2b.E2bOptions;
import dev.repofleet.e2b.SandboxInfo;
import dev.repofleet.e2b.SandboxSpec;
import dev.repofleet.starter.testing.Waiting;
import dev.repofleet.workflows.Fleet;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.client.WorkflowExecutionMetadata;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two fleets on one server, one account and one artifact store work side by side: each batch by the
 * workers of its own fleet, and each fleet's commands see its own alone.
 */
@Timeout(value = 90, unit = TimeUnit.MINUTES)
@Tag("long")
class TwoFleetsIT {
  private static final Fleet STAGING = new Fleet("staging");

  @TempDir Path folder = Path.of("");

  @Test
  void each_sees_and_touches_its_own_alone() {
    Prerequisites.requireSandboxes();
    SmallRepositories.commit(folder, "one");
    SmallRepositories.commit(folder, "two");
    try (SeparateFleet fleet =
        new SeparateFleet("TwoFleetsIT", folder, Path.of("/bin/true"), Map.of())) {
      SeparateFleet.Worker ours = fleet.polling(fleet.launchWorker("worker", 4));
      SeparateFleet.Worker theirs =
          fleet.polling(
              fleet.launchWorker("staging-worker", 4, Map.of("REPOFLEET_FLEET", "staging")));
      batchesAtOnce(fleet);
      workers(fleet, ours, theirs);
      batches(fleet);
      sandboxes(fleet);
      pools(fleet);
    }
  }

  private static void batchesAtOnce(SeparateFleet fleet) {
    FleetProcess first =
        fleet.start("review", "review", "--agent", "rehearsal", "--batch", "nightly", "./one");
    FleetProcess second =
        fleet.start(
            "staging-review",
            "review",
            "--fleet",
            "staging",
            "--agent",
            "rehearsal",
            "--batch",
            "nightly",
            "./two");
    assertThat(first.awaitExit(Waiting.LONG)).as(first.tail()).isZero();
    assertThat(second.awaitExit(Waiting.LONG)).as(second.tail()).isZero();
    assertThat(second.err()).contains("Batch nightly of fleet staging has the id staging.nightly.");
    FleetProcess unnamed =
        fleet.start(
            "unnamed", "review", "--fleet", "staging", "--agent", "rehearsal", "--detach", "./two");
    assertThat(unnamed.awaitExit(Waiting.LONG)).as(unnamed.tail()).isZero();
    assertThat(unnamed.out()).matches("staging\\.\\d{8}-\\d{6}-[a-z0-9]{4}\n");
    FleetProcess watch = fleet.start("watch", "watch", unnamed.out().strip());
    assertThat(watch.awaitExit(Waiting.LONG)).as(watch.tail()).isZero();
  }

  private static void workers(
      SeparateFleet fleet, SeparateFleet.Worker ours, SeparateFleet.Worker theirs) {
    assertThat(json(fleet, "workers"))
        .singleElement()
        .matches(worker -> ours.is(worker.path("worker").asText()));
    assertThat(json(fleet, "workers", "--fleet", "staging"))
        .singleElement()
        .matches(worker -> theirs.is(worker.path("worker").asText()));
  }

  private static void batches(SeparateFleet fleet) {
    assertThat(json(fleet, "list")).hasSize(3);
    assertThat(json(fleet, "list", "--fleet", "repofleet"))
        .extracting(batch -> batch.path("batch").asText())
        .containsExactly("nightly");
    assertThat(json(fleet, "list", "--fleet", "staging"))
        .hasSize(2)
        .allSatisfy(batch -> assertThat(batch.path("batch").asText()).startsWith("staging."))
        .allSatisfy(batch -> assertThat(batch.path("fleet").asText()).isEqualTo("staging"));
    // Commands on a batch need not name its fleet.
    assertThat(json(fleet, "status", "staging.nightly")).hasSize(2);
    FleetProcess report = fleet.start("report", "report", "staging.nightly");
    assertThat(report.awaitExit(Waiting.LONG)).as(report.tail()).isZero();
    FleetProcess followUp =
        fleet.start("follow-up", "follow-up", "staging.nightly", "two", "Look once more.");
    assertThat(followUp.awaitExit(Waiting.LONG)).as(followUp.tail()).isIn(0, 3);
    assertThat(followUp.err()).contains("the follow-up is started in a new sandbox");
    FleetProcess resume = fleet.start("resume", "resume", "staging.nightly");
    assertThat(resume.awaitExit(Waiting.LONG)).as(resume.tail()).isEqualTo(2);
    assertThat(resume.err()).contains("cannot resume batch staging.nightly: it has ended");
  }

  private static void sandboxes(SeparateFleet fleet) {
    assertThat(fleet.sandboxes()).as("reviews give theirs back").isEmpty();
    String ours = leave(fleet, Fleet.DEFAULT, "nightly");
    String theirs = leave(fleet, STAGING, "staging.nightly");
    assertThat(ids(json(fleet, "sandboxes", "list"))).containsExactly(ours);
    assertThat(ids(json(fleet, "sandboxes", "list", "--fleet", "staging"))).containsExactly(theirs);
    assertThat(ids(json(fleet, "sandboxes", "reap", "--fleet", "staging"))).containsExactly(theirs);
    assertThat(fleet.sandboxes()).extracting(SandboxInfo::sandboxId).containsExactly(ours);
    assertThat(ids(json(fleet, "sandboxes", "reap", "--fleet", "staging"))).isEmpty();
    assertThat(ids(json(fleet, "sandboxes", "reap"))).containsExactly(ours);
    assertThat(fleet.sandboxes()).isEmpty();
  }

  private static void pools(SeparateFleet fleet) {
    for (Fleet of : List.of(Fleet.DEFAULT, STAGING)) {
      assertThat(json(fleet, "pool", "set", "--fleet", of.name(), "--maximum", "7"))
          .singleElement()
          .satisfies(set -> assertThat(set.path("fleet").asText()).isEqualTo(of.name()))
          .satisfies(set -> assertThat(set.at("/after/maximumPoolSize").asInt()).isEqualTo(7));
      assertThat(
              fleet
                  .temporal()
                  .client()
                  .newUntypedWorkflowStub(of.poolWorkflowId())
                  .describe()
                  .getTaskQueue())
          .isEqualTo(of.taskQueue());
    }
  }

  /** A sandbox that a review of this batch did not give back, though it has ended. */
  private static String leave(SeparateFleet fleet, Fleet of, String batch) {
    WorkflowExecution review =
        fleet
            .temporal()
            .client()
            .listExecutions(
                "WorkflowType = 'RepositoryReview' AND RepoFleetBatch = '" + batch + "'")
            .map(WorkflowExecutionMetadata::getExecution)
            .findFirst()
            .orElseThrow();
    try (E2bClient client = new E2bClient(E2bOptions.fromEnvironment(fleet.environment()))) {
      return client
          .create(
              SandboxSpec.builder()
                  .template("claude")
                  .timeout(Duration.ofMinutes(30))
                  .metadata(
                      Map.of(
                          "fleet",
                          of.name(),
                          "lease",
                          review.getWorkflowId() + ":" + review.getRunId() + ":0",
                          "workflow",
                          review.getWorkflowId(),
                          "run",
                          review.getRunId()))
                  .build())
          .sandboxId();
    }
  }

  private static List<String> ids(List<JsonNode> lines) {
    return lines.stream().map(line -> line.path("sandboxId").asText()).toList();
  }

  private static List<JsonNode> json(SeparateFleet fleet, String... command) {
    List<String> words = new ArrayList<>(List.of(command));
    words.add("--json");
    FleetProcess process = fleet.start(String.join("-", command), words.toArray(String[]::new));
    assertThat(process.awaitExit(Waiting.LONG)).as(process.tail()).isZero();
    return process
        .out()
        .lines()
        .map(line -> ArtifactJson.read(line, JsonNode.class, String.join(" ", command)))
        .toList();
  }
}
