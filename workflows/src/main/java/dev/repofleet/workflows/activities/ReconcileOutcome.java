package dev.repofleet.workflows.activities;

import dev.repofleet.workflows.Payload;
import dev.repofleet.workflows.batch.RepositoryEnded;
import java.util.List;

/** How the reviews ended that turned out to be closed. */
@Payload
public record ReconcileOutcome(List<RepositoryEnded> ended) {
  public ReconcileOutcome {
    ended = List.copyOf(ended);
  }
}
