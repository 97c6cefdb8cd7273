package dev.repofleet.workflows.activities.git;

import dev.repofleet.workflows.Payload;
import dev.repofleet.workflows.activities.sandbox.InSandbox;
import java.util.Objects;

/** The sandbox whose changes are taken, and the commit they are taken against. */
@Payload
public record DiffInput(String batch, String key, String sandboxId, String commit)
    implements InSandbox {
  public DiffInput {
    Objects.requireNonNull(sandboxId, "sandboxId");
    Objects.requireNonNull(commit, "commit");
  }
}
