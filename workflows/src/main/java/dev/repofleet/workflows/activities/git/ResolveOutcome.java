package dev.repofleet.workflows.activities.git;

import dev.repofleet.workflows.Payload;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The commit this review is about, to its end.
 *
 * @param commit its full object name
 * @param ref the full name of the branch or tag it was found under; absent for a bare commit
 * @param cacheKey over everything that decides the result; absent where no later batch may use it
 * @param unchanged a result that stands in for this review; absent when there is none, or none may
 *     be used
 * @param latestKey over the same but the commit; absent as {@code cacheKey}
 * @param incremental what it is to be compared with; absent where the plan asks for everything
 */
@Payload
public record ResolveOutcome(
    String commit,
    @Nullable String ref,
    @Nullable String cacheKey,
    @Nullable EarlierResult unchanged,
    @Nullable String latestKey,
    @Nullable Incremental incremental) {
  public ResolveOutcome {
    Objects.requireNonNull(commit, "commit");
  }

  /** A commit whose result is nobody else's. */
  public ResolveOutcome(String commit, @Nullable String ref) {
    this(commit, ref, null, null, null, null);
  }

  /** The same commit, to be reviewed all the same. */
  public ResolveOutcome toBeReviewed() {
    return new ResolveOutcome(commit, ref, cacheKey, null, latestKey, incremental);
  }
}
