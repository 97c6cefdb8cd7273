package dev.repofleet.starter.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.starter.testing.Waiting;
import dev.repofleet.workflows.batch.BatchOutcome;
import dev.repofleet.workflows.progress.BatchStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The same batch with one, two and four workers, of which each follows a few agents at once. Leaves
 * {@code target/shared-work.md}: who ran what, and how long it took.
 */
@Timeout(value = 30, unit = TimeUnit.MINUTES)
@Tag("long")
class SharedWorkIT {
  private static final Path TABLE = Path.of("target", "shared-work.md");
  private static final Duration AGENT = Duration.ofSeconds(3);
  private static final int OF_A_WORKER = 4;
  private static final int REPOSITORIES = 48;

  /** Of one turn; what is asked of the server alone is no task of its own. */
  private static final int ACTIVITIES_OF_A_REVIEW = 9;

  /** Of one that waits on the way, since there are more sandboxes than places for agents. */
  private static final int MOST_ACTIVITIES_OF_A_REVIEW = 14;

  /** At most: its own start and end, its pages, a look each minute. */
  private static final int ACTIVITIES_OF_A_BATCH = 12;

  /** Of the pool, which is wider than the work of four workers. */
  private static final String PLACES = "40";

  @TempDir Path folder = Path.of("");

  @Test
  void workers_that_are_added_take_their_share() throws IOException {
    StringBuilder table =
        new StringBuilder("| workers | seconds | turns of each |\n|---|---|---|\n");
    try (SimulatedFleet fleet = new SimulatedFleet("SharedWorkIT", folder, AGENT, 1, OF_A_WORKER)) {
      assertThat(fleet.run("pool", "set", "--maximum", PLACES, "--create-rate", PLACES).exit())
          .isZero();
      for (int workers : List.of(1, 2, 4)) {
        fleet.workers().more(workers - fleet.workers().alive().size());
        table.append(line(fleet, workers));
      }
    }
    Files.writeString(TABLE, table);
  }

  private static String line(SimulatedFleet fleet, int workers) {
    String batch = "with-" + workers;
    long begin = System.nanoTime();
    fleet.begin(new SimulatedBatch.Work(batch, REPOSITORIES, REPOSITORIES));
    BatchOutcome outcome = fleet.awaitOutcome(batch, Waiting.LONG);
    double seconds = (System.nanoTime() - begin) / 1e9;

    assertThat(outcome.status()).isEqualTo(BatchStatus.COMPLETE);
    Histories histories = Histories.of(fleet.client(), batch, keys(batch));
    assertThat(histories.activities())
        .as("activities of the server, docs/scale.md counts with them")
        .isBetween(
            (long) REPOSITORIES * ACTIVITIES_OF_A_REVIEW,
            (long) REPOSITORIES * MOST_ACTIVITIES_OF_A_REVIEW + ACTIVITIES_OF_A_BATCH);
    Map<String, Integer> runs = histories.completedRunsByWorker();
    List<Integer> ofEach =
        fleet.workers().alive().stream()
            .map(
                worker ->
                    runs.entrySet().stream()
                        .filter(ran -> worker.is(ran.getKey()))
                        .mapToInt(Map.Entry::getValue)
                        .sum())
            .toList();
    assertThat(ofEach)
        .as("turns of each of %s workers", workers)
        .hasSize(workers)
        .doesNotContain(0);
    assertThat(ofEach.stream().mapToInt(Integer::intValue).sum()).isEqualTo(REPOSITORIES);
    return String.format(Locale.ROOT, "| %d | %.1f | %s |%n", workers, seconds, ofEach);
  }

  private static List<String> keys(String batch) {
    return IntStream.range(0, REPOSITORIES)
        .mapToObj(index -> SimulatedBatch.key(batch, index))
        .toList();
  }
}
