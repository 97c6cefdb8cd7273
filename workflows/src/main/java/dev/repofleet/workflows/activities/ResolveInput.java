package dev.repofleet.workflows.activities;

import dev.repofleet.workflows.Payload;
import dev.repofleet.workflows.review.Target;
import java.util.Objects;

/** The target whose commit is to be pinned. */
@Payload
public record ResolveInput(String batch, String key, Target target) {
  public ResolveInput {
    Objects.requireNonNull(target, "target");
  }
}
