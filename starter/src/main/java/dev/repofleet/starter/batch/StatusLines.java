package dev.repofleet.starter.batch;

import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.result.BatchResult;
import dev.repofleet.artifacts.result.BatchRow;
import dev.repofleet.artifacts.result.RepositoryStatus;
import dev.repofleet.starter.render.RepositoryEvent;
import dev.repofleet.workflows.Stage;
import dev.repofleet.workflows.review.RepositoryProgress;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The repositories of a batch as they are now, in the form of its events. */
final class StatusLines {
  private StatusLines() {}

  static List<String> repositories(
      BatchResult result, Map<Integer, RepositoryProgress> places, Instant now) {
    int total = result.repositories().size();
    return result.repositories().stream()
        .map(
            row ->
                ArtifactJson.line(event(result.batch(), row, places.get(row.index()), total, now)))
        .toList();
  }

  private static RepositoryEvent event(
      String batch, BatchRow row, @Nullable RepositoryProgress place, int total, Instant now) {
    boolean queued = row.status() == RepositoryStatus.QUEUED;
    boolean running = row.status() == RepositoryStatus.RUNNING;
    Stage stage = place == null ? Stage.RUN : place.stage();
    return new RepositoryEvent(
        now,
        batch,
        row.index(),
        total,
        row.key(),
        row.target(),
        queued ? Stage.QUEUED.code() : running ? stage.code() : Stage.DONE.code(),
        place == null ? 0 : place.turn(),
        row.status(),
        row.cause(),
        row.costUsd(),
        row.findings(),
        null);
  }
}
