package dev.repofleet.starter.live;

import dev.repofleet.artifacts.finding.SeverityCounts;
import dev.repofleet.artifacts.result.RepositoryStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A repository in the live view.
 *
 * @param target as the person typed it
 * @param stage in a word or two
 * @param turn of the agent, from 0 as everywhere; absent outside of turns
 * @param steps of the agent in this turn; absent when not known
 * @param costUsd so far
 * @param findings so far
 * @param since when it began; absent once it has ended
 * @param took once it has ended, if known
 * @param status once it has ended
 * @param cause once it has ended other than complete
 */
public record LiveRow(
    String target,
    String stage,
    @Nullable Integer turn,
    @Nullable Integer steps,
    double costUsd,
    SeverityCounts findings,
    @Nullable Instant since,
    @Nullable Duration took,
    @Nullable RepositoryStatus status,
    @Nullable String cause) {
  /** Refuses a row without a name or a stage. */
  public LiveRow {
    Objects.requireNonNull(target, "target");
    Objects.requireNonNull(stage, "stage");
    Objects.requireNonNull(findings, "findings");
  }

  /** How long it has been in work, or was. */
  @Nullable Duration time(Instant now) {
    return since == null ? took : Duration.between(since, now);
  }
}
