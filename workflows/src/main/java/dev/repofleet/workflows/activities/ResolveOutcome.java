package dev.repofleet.workflows.activities;

import dev.repofleet.workflows.Payload;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The commit this review is about, to its end.
 *
 * @param commit its full object name
 * @param ref the full name of the branch or tag it was found under; absent for a bare commit
 */
@Payload
public record ResolveOutcome(String commit, @Nullable String ref) {
  public ResolveOutcome {
    Objects.requireNonNull(commit, "commit");
  }
}
