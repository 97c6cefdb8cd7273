package dev.repofleet.artifacts.finding;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a finding stands to the result before.
 *
 * @param state new, persisting, reopened, resolved or unknown
 * @param firstSeen when the first review that had it began; absent where that review did not say
 * @param lastSeen the same of the last one
 * @param resolvedAt when the review began that did not find it any more; absent in other states
 */
public record Lifecycle(
    LifecycleState state,
    @Nullable Instant firstSeen,
    @Nullable Instant lastSeen,
    @Nullable Instant resolvedAt) {
  /** Refuses an absent state. */
  public Lifecycle {
    Objects.requireNonNull(state, "lifecycle.state is missing");
  }

  /** In another state than resolved. */
  public Lifecycle(LifecycleState state, @Nullable Instant firstSeen, @Nullable Instant lastSeen) {
    this(state, firstSeen, lastSeen, null);
  }
}
