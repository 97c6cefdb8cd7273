package dev.repofleet.starter.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.result.RepositoryStatus;
import dev.repofleet.starter.embedded.SeparateTemporal;
import dev.repofleet.starter.it.FleetWorkers.AttackedWorker;
import dev.repofleet.starter.testing.Waiting;
import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.SessionId;
import dev.repofleet.workflows.batch.BatchOutcome;
import dev.repofleet.workflows.progress.BatchStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A batch moves from one version of the workers to the next while its agents are at work: both
 * versions run beside each other, Temporal is told to go over, the old ones drain. By the commands
 * of docs/operations.md.
 */
@Timeout(value = 90, unit = TimeUnit.MINUTES)
@Tag("long")
class RollingUpgradeIT {
  private static final Duration AGENT = Duration.ofSeconds(8);
  private static final String BATCH = "upgraded";
  private static final String DEPLOYMENT = "repofleet";
  private static final int REPOSITORIES = 48;
  private static final int WINDOW = 24;
  private static final int BUSY = 6;

  @TempDir Path folder = Path.of("");

  @Test
  void nothing_is_lost_or_done_twice_when_the_fleet_goes_over_to_another_version() {
    try (SimulatedFleet fleet =
        new SimulatedFleet("RollingUpgradeIT", folder, AGENT, 2, version("one"))) {
      doctorSays(fleet, "failed: no version of worker deployment repofleet is current");
      assertThat(setUp(fleet, "one"))
          .contains("Made build one the current one of worker deployment repofleet");
      assertThat(setUp(fleet, "two"))
          .contains("Build one is the current one of worker deployment repofleet and stays so");
      assertThat(fleet.run("pool", "set", "--maximum", "24", "--create-rate", "24").exit())
          .isZero();

      fleet.begin(new SimulatedBatch.Work(BATCH, REPOSITORIES, WINDOW));
      busy(fleet, 1);
      List<AttackedWorker> old = fleet.workers().alive();
      fleet.workers().launchingWith(version("two"));
      fleet.workers().more(2);
      doctorSays(
          fleet,
          "note: repofleet: build one is current; workers that get no new work: of build two");
      Waiting.until(
          "workers are listed with their builds",
          Waiting.LONG,
          () -> builds(fleet).equals(List.of("one", "one", "two", "two")));

      busy(fleet, REPOSITORIES / 5);
      Instant before = Instant.now();
      setCurrent(fleet, "two");
      Instant after = Instant.now();
      assertThat(fleet.agents().atWork()).as("agents at work at the switch").isPositive();
      drain(fleet, old);

      BatchOutcome outcome = fleet.awaitOutcome(BATCH, Waiting.LONG);
      assertThat(outcome.status()).isEqualTo(BatchStatus.COMPLETE);
      exactly(fleet);
      routed(fleet, before, after);
      assertThat(fleet.parts().sandboxes()).isEmpty();
      doctorSays(fleet, "build two is current");
    }
  }

  private static Map<String, String> version(String build) {
    return Map.of("TEMPORAL_DEPLOYMENT_NAME", DEPLOYMENT, "TEMPORAL_WORKER_BUILD_ID", build);
  }

  private static String setUp(SimulatedFleet fleet, String build) {
    FleetProcess setup = fleet.parts().start("setup-" + build, version(build), "setup");
    assertThat(setup.awaitExit(Waiting.LONG)).as(setup.tail()).isZero();
    return setup.err();
  }

  private static void busy(SimulatedFleet fleet, int ended) {
    Waiting.until(
        "many agents are at work, and some repositories done",
        Waiting.LONG,
        () -> fleet.agents().atWork() >= BUSY && fleet.progress(BATCH).tally().ended() >= ended);
  }

  /** Soon: the server learns of a worker by its first polls. */
  private static void doctorSays(SimulatedFleet fleet, String text) {
    Waiting.until("doctor says: " + text, Waiting.LONG, () -> versions(fleet).contains(text));
  }

  private static String versions(SimulatedFleet fleet) {
    StringBuilder text = new StringBuilder();
    FleetProcess doctor = fleet.parts().start("doctor", "doctor", "--json");
    doctor.awaitExit(Waiting.LONG);
    for (JsonNode check : lines(doctor.out())) {
      if (check.path("part").asText().equals("worker versions")) {
        text.append(check.path("state").asText()).append(": ").append(check.path("found").asText());
      }
    }
    return text.toString();
  }

  private static List<String> builds(SimulatedFleet fleet) {
    assertThat(fleet.run("workers").out()).contains("VERSION", "repofleet:one", "repofleet:two");
    return lines(fleet.run("workers", "--json").out()).stream()
        .map(worker -> worker.path("buildId").asText())
        .sorted()
        .toList();
  }

  private static List<JsonNode> lines(String json) {
    return json.lines()
        .map(line -> ArtifactJson.read(line, JsonNode.class, "a line of --json"))
        .toList();
  }

  /** As doctor says it is done; a server that is too busy to answer in time is asked again. */
  private static void setCurrent(SimulatedFleet fleet, String build) {
    Waiting.until("set-current-version", Waiting.LONG, () -> isSetCurrent(fleet, build));
  }

  private static boolean isSetCurrent(SimulatedFleet fleet, String build) {
    List<String> command =
        List.of(
            SeparateTemporal.program().toString(),
            "worker",
            "deployment",
            "set-current-version",
            "--deployment-name",
            DEPLOYMENT,
            "--build-id",
            build,
            "--yes");
    ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
    fleet
        .parts()
        .environment()
        .forEach(
            (name, value) -> {
              if (name.matches("TEMPORAL_(ADDRESS|NAMESPACE)")) {
                builder.environment().put(name, value);
              }
            });
    try {
      Process process = builder.start();
      return process.waitFor(Waiting.LONG.toSeconds(), TimeUnit.SECONDS)
          && process.exitValue() == 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  private static void drain(SimulatedFleet fleet, List<AttackedWorker> old) {
    int atWork = fleet.agents().atWork();
    long begin = System.nanoTime();
    old.forEach(worker -> worker.process().terminate());
    for (AttackedWorker worker : old) {
      assertThat(worker.process().awaitExit(Waiting.LONG)).as(worker.process().tail()).isIn(0, 143);
    }
    System.out.printf(
        "Two workers with %d agents end after SIGTERM: %.1f s%n",
        atWork, (System.nanoTime() - begin) / 1e9);
  }

  private static void exactly(SimulatedFleet fleet) {
    assertThat(fleet.result(BATCH).totals()).containsEntry(RepositoryStatus.COMPLETE, REPOSITORIES);
    for (String key : keys()) {
      String session = SessionId.of(Fleet.reviewWorkflowId(BATCH, key), 0).toString();
      assertThat(fleet.agents().processes(session)).as("agents for %s", key).isEqualTo(1);
      assertThat(fleet.agents().messages(session))
          .as("messages about %s", key)
          .isEqualTo(SimulatedFleet.MESSAGES);
    }
  }

  /** Temporal gave nobody a task whose turn it was not. */
  private static void routed(SimulatedFleet fleet, Instant before, Instant after) {
    Histories histories = Histories.of(fleet.client(), BATCH, keys());
    Map<String, List<Instant>> tasks = histories.workflowTasksByBuild();
    assertThat(tasks).containsOnlyKeys("one", "two");
    assertThat(tasks.getOrDefault("two", List.of()))
        .isNotEmpty()
        .allMatch(given -> given.isAfter(before));
    List<Instant> late = new ArrayList<>(tasks.getOrDefault("one", List.of()));
    late.removeIf(given -> given.isBefore(after.plus(Duration.ofSeconds(5))));
    assertThat(late).as("given to the old version long after the switch").isEmpty();
    histories.assertReplay();
    System.out.printf(
        "Workflow tasks: %d of the old version, %d of the new one; runs by worker %s%n",
        tasks.getOrDefault("one", List.of()).size(),
        tasks.getOrDefault("two", List.of()).size(),
        histories.completedRunsByWorker());
  }

  private static List<String> keys() {
    return IntStream.range(0, REPOSITORIES)
        .mapToObj(index -> SimulatedBatch.key(BATCH, index))
        .toList();
  }
}
