package dev.repofleet.workflows.activities;

import dev.repofleet.workflows.review.Target;
import java.util.Objects;

/** The target whose commit is to be pinned. */
public record ResolveInput(String batch, String key, Target target) {
  public ResolveInput {
    Objects.requireNonNull(target, "target");
  }
}
