package dev.repofleet.starter.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.repofleet.artifacts.result.BatchStatus;
import dev.repofleet.artifacts.result.RepositoryStatus;
import dev.repofleet.forge.fake.GitHost;
import dev.repofleet.starter.testing.TestProgram.Outcome;
import dev.repofleet.starter.testing.Waiting;
import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.client.ReviewRuns;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Schedules by the command line, on a real server with a worker of its own. */
@Timeout(value = 60, unit = TimeUnit.MINUTES)
class ScheduledBatchIT {
  private static final int OK = 0;
  private static final int WRONG_USE = 2;
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir static Path folder = Path.of("");

  private static GitHost host;
  private static SimulatedFleet fleet;

  @BeforeAll
  static void start() throws IOException {
    host = new GitHost(Files.createDirectory(folder.resolve("forge")));
    host.add(SmallRepositories.commit(folder, "app").path(), "app");
    fleet =
        new SimulatedFleet(
            "ScheduledBatchIT",
            folder,
            Duration.ofSeconds(3),
            1,
            Map.of("REPOFLEET_GIT_HOSTS", host.address()));
  }

  @AfterAll
  static void stop() {
    fleet.close();
    host.close();
  }

  private static Outcome schedule(int exit, String... words) {
    String[] all = new String[words.length + 1];
    all[0] = "schedule";
    System.arraycopy(words, 0, all, 1, words.length);
    Outcome outcome = fleet.run(all);
    assertThat(outcome.exit()).as("%s: %s", String.join(" ", all), outcome.err()).isEqualTo(exit);
    return outcome;
  }

  private static Outcome create(String name, String... more) {
    List<String> words =
        new ArrayList<>(
            List.of("create", name, host.url("app"), "--agent", "rehearsal", "--every"));
    words.addAll(List.of(more));
    return schedule(OK, words.toArray(String[]::new));
  }

  /**
   * The line of {@code schedule list --json}; missing while the server has not listed it, or does
   * not answer.
   */
  private static JsonNode seen(String name) {
    for (String line : fleet.run("schedule", "list", "--json").out().split("\n", -1)) {
      if (line.contains("\"" + name + "\"")) {
        try {
          return JSON.readTree(line);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    }
    return JSON.missingNode();
  }

  private static List<String> batches(JsonNode seen, String status) {
    return seen.path("batches")
        .valueStream()
        .filter(run -> run.path("status").asText().equals(status))
        .map(run -> run.path("batch").asText())
        .toList();
  }

  private static void awaitNoneRunning(String name) {
    Waiting.until("no batch runs", Waiting.LONG, () -> batches(seen(name), "running").isEmpty());
  }

  @Test
  void batches_come_again_until_it_is_paused_and_are_ordinary_ones() {
    Outcome created = create("often", "2s");
    assertThat(created.out())
        .contains("Schedule often is created: every 2s; 1 repository, plan security, agent");
    assertThat(created.err()).contains("Next runs: ");
    assertThat(schedule(WRONG_USE, "create", "often", host.url("app"), "--every", "1h").err())
        .contains("there is a schedule 'often' already");

    Waiting.until(
        "two batches are complete, and a run was left out",
        Waiting.LONG,
        () -> {
          JsonNode seen = seen("often");
          return batches(seen, "complete").size() >= 2 && seen.path("skippedOverlap").asInt() > 0;
        });

    assertThat(schedule(OK, "pause", "often", "--reason", "code freeze").out())
        .contains("Schedule often is paused: code freeze");
    assertThat(schedule(WRONG_USE, "pause", "often").err())
        .contains("cannot pause schedule often: it is paused already (code freeze)");
    awaitNoneRunning("often");
    int before = seen("often").path("started").asInt();
    Attack.waitFor(Duration.ofSeconds(5));
    JsonNode paused = seen("often");
    assertThat(paused.path("started").asInt()).as("started while paused").isEqualTo(before);
    assertThat(paused.path("reason").asText()).isEqualTo("code freeze");
    assertThat(schedule(OK, "list").out())
        .contains("often: paused: code freeze; `repofleet schedule resume often`")
        .contains("none while it is paused");

    String batch = batches(paused, "complete").get(0);
    assertThat(batch).matches("often-\\d{8}-\\d{6}");
    isOrdinary(batch);

    schedule(OK, "resume", "often");
    assertThat(schedule(WRONG_USE, "resume", "often").err()).contains("it is not paused");
    Waiting.until("it goes on", Waiting.LONG, () -> seen("often").path("started").asInt() > before);
    assertThat(schedule(OK, "delete", "often").out()).contains("Schedule often is deleted.");
    assertThat(folder.resolve("artifacts/schedules/often/owner.json")).doesNotExist();
    assertThat(schedule(WRONG_USE, "pause", "often").err()).contains("there is no schedule");
    assertThat(schedule(WRONG_USE, "delete", "often").err()).contains("there is no schedule");
    assertThat(fleet.result(batches(paused, "complete").get(1)).status())
        .as("batches stay")
        .isEqualTo(BatchStatus.COMPLETE);
  }

  private static void isOrdinary(String batch) {
    assertThat(fleet.run("list", "--json").out().lines())
        .filteredOn(line -> line.contains("\"" + batch + "\""))
        .singleElement()
        .satisfies(
            line ->
                assertThat(line).contains("\"complete\"", "\"plan\":\"security\"", "\"findings\""));
    assertThat(fleet.run("status", batch).exit()).isEqualTo(OK);
    assertThat(fleet.run("report", batch, "--format", "md").out()).contains("app");
    assertThat(fleet.records(batch).plan().name()).isEqualTo("security");
    assertThat(fleet.result(batch).repositories())
        .singleElement()
        .satisfies(row -> assertThat(row.status()).isEqualTo(RepositoryStatus.COMPLETE));
    assertThat(fleet.run("retry", batch, "app").exit()).as("a retry").isEqualTo(OK);
    fleet.awaitOutcome(batch, Waiting.LONG);
    // Its review ends a moment after it has told the batch.
    Waiting.until("a deletion", Waiting.LONG, () -> fleet.run("delete", batch).exit() == OK);
    String run = Fleet.scheduledRunWorkflowId(batch).orElseThrow();
    Waiting.until(
        "the schedule's run is forgotten too",
        Waiting.LONG,
        () -> new ReviewRuns(fleet.client()).latest(run).state() == ReviewRuns.State.NOT_KNOWN);
  }
}
