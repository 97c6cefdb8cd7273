package dev.repofleet.workflows.activities.batch;

import dev.repofleet.workflows.Payload;
import dev.repofleet.workflows.progress.RepositoryEnded;
import dev.repofleet.workflows.progress.RunningRepository;
import java.util.List;

/**
 * What became of reviews.
 *
 * @param ended how those ended that turned out to be closed
 * @param neverStarted those whose generation did not begin, since the one before it was still at
 *     work; absent: none
 */
@Payload
public record ReconcileOutcome(List<RepositoryEnded> ended, List<RunningRepository> neverStarted) {
  public ReconcileOutcome {
    ended = List.copyOf(ended);
    neverStarted = neverStarted == null ? List.of() : List.copyOf(neverStarted);
  }
}
