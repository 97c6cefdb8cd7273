package dev.repofleet.workflows.activities;

import dev.repofleet.workflows.Payload;
import dev.repofleet.workflows.batch.RunningRepository;
import java.util.List;
import java.util.Objects;

/** Reviews of a batch that are thought to be running. */
@Payload
public record ReconcileInput(String batch, List<RunningRepository> running) {
  public ReconcileInput {
    Objects.requireNonNull(batch, "batch");
    running = List.copyOf(running);
  }
}
