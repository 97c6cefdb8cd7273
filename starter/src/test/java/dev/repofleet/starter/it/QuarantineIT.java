package dev.repofleet.starter.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.repofleet.starter.it.FleetWorkers.AttackedWorker;
import dev.repofleet.starter.testing.Waiting;
import dev.repofleet.workflows.progress.BatchStatus;
import io.temporal.api.history.v1.HistoryEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A sandbox in which no agent can be started, try as one may, does not hold its place for ever. */
@Timeout(value = 60, unit = TimeUnit.MINUTES)
class QuarantineIT {
  private static final Pattern LOOK = Pattern.compile("\"args\":\\[\"state\"");

  @TempDir Path folder = Path.of("");

  @Test
  void five_attempts_that_bring_nothing_set_a_repository_aside_and_cost_nothing() {
    try (AttackedFleet fleet =
        new AttackedFleet(
            new AttackedFleet.Setup("QuarantineIT", folder, List.of("granite"), 1, 0))) {
      AttackedWorker worker = fleet.workers().alive().get(0);
      worker
          .links()
          .sandboxes()
          .trap(
              LOOK,
              () -> {
                putInTheWay(fleet);
                return true;
              });
      StartedBatch batch = fleet.begin("aside", Duration.ZERO);

      assertThat(batch.awaitOutcome(Waiting.LONG).status())
          .isEqualTo(BatchStatus.FINISHED_WITH_FAILURES);
      JsonNode row = batch.results().rows().get(0);
      assertThat(row.path("status").asText()).isEqualTo("failed");
      assertThat(row.path("cause").asText()).isEqualTo("quarantined");
      assertThat(row.path("message").asText()).contains("nothing new in 5 attempts");
      assertThat(row.path("costUsd").asDouble()).isZero();
      assertThat(fleet.ledger().totals().calls()).isZero();
      assertThat(lastAttempt(fleet, batch))
          .as("five, and the one that sees it; one whose heartbeat came late counts more")
          .isBetween(6, 15);
      Undisturbed.assertClean(fleet, batch);
    }
  }

  /** A file where the files of the first process belong: each start fails. */
  private static void putInTheWay(AttackedFleet fleet) {
    String sandbox = fleet.fleet().sandboxes().get(0).sandboxId();
    Path turns = fleet.fleet().sandboxRoot(sandbox).resolve("var/lib/repofleet/turns");
    try {
      Files.writeString(turns.resolve("0.0.0"), "in the way");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int lastAttempt(AttackedFleet fleet, StartedBatch batch) {
    return fleet
        .fleet()
        .temporal()
        .client()
        .fetchHistory(batch.reviewId(batch.keys().get(0)))
        .getHistory()
        .getEventsList()
        .stream()
        .filter(HistoryEvent::hasActivityTaskStartedEventAttributes)
        .mapToInt(event -> event.getActivityTaskStartedEventAttributes().getAttempt())
        .max()
        .orElseThrow();
  }
}
