package dev.repofleet.workflows.review;

import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.Payload;
import dev.repofleet.workflows.RepositoryStatus;
import dev.repofleet.workflows.SeverityCounts;
import dev.repofleet.workflows.Stage;
import org.jspecify.annotations.Nullable;

/**
 * Answer of the query {@code progress} of one review.
 *
 * @param stage it is in
 * @param turn of the agent, from 0
 * @param status once it has ended
 * @param cause once it has ended other than {@code complete}
 * @param costUsd of the turns that have ended
 * @param findings of the review
 * @param awaiting the follow-up that waits for a person's answer, from 0; absent when none does
 * @param startedAt when the review began, milliseconds since the epoch; absent when not known
 */
@Payload
public record RepositoryProgress(
    Stage stage,
    int turn,
    @Nullable RepositoryStatus status,
    @Nullable Cause cause,
    double costUsd,
    SeverityCounts findings,
    @Nullable Integer awaiting,
    @Nullable Long startedAt) {

  /** Of a review that waits for nobody. */
  public RepositoryProgress(
      Stage stage,
      int turn,
      @Nullable RepositoryStatus status,
      @Nullable Cause cause,
      double costUsd,
      SeverityCounts findings) {
    this(stage, turn, status, cause, costUsd, findings, null, null);
  }
}
