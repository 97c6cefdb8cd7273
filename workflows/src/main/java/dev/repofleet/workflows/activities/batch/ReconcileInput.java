package dev.repofleet.workflows.activities.batch;

import dev.repofleet.workflows.Payload;
import dev.repofleet.workflows.progress.RunningRepository;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reviews of a batch that are thought to be running.
 *
 * @param fleet whose sandboxes a review that was terminated left behind; they are deleted
 */
@Payload
public record ReconcileInput(
    String batch, List<RunningRepository> running, @Nullable String fleet) {
  public ReconcileInput {
    Objects.requireNonNull(batch, "batch");
    running = List.copyOf(running);
  }
}
