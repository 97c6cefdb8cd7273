package dev.repofleet.workflows.progress;

import dev.repofleet.workflows.Payload;
import dev.repofleet.workflows.RepositoryStatus;
import java.util.Objects;

/**
 * A target that has ended and is to be reviewed once more.
 *
 * @param index of the target
 * @param status it had ended in; it stays in that when the batch ends first
 */
@Payload
public record RequeuedRepository(int index, RepositoryStatus status) {
  public RequeuedRepository {
    Objects.requireNonNull(status, "status");
  }
}
