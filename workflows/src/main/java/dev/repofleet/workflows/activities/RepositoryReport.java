package dev.repofleet.workflows.activities;

import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.Payload;
import dev.repofleet.workflows.RepositoryStatus;
import dev.repofleet.workflows.review.ReviewInput;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * All that a review knows at its end.
 *
 * @param review its input
 * @param status it ends in
 * @param cause why it is not {@code complete}
 * @param message of what went wrong, for people, without secrets
 * @param resolved commit; absent when resolving failed
 * @param sessionId of the agent
 * @param agentVersion as the agent told it; absent when no sandbox was prepared
 * @param cloned what was reviewed; absent when cloning failed
 * @param turns that were run, in order
 * @param outcome of the review; absent when there was none
 * @param diff against the commit; absent when it was not taken
 * @param startedAt milliseconds since the epoch
 * @param endedAt milliseconds since the epoch
 * @param sandboxMilliseconds from lease to release
 * @param stepMilliseconds by stage
 */
@Payload
public record RepositoryReport(
    ReviewInput review,
    RepositoryStatus status,
    @Nullable Cause cause,
    @Nullable String message,
    @Nullable ResolveOutcome resolved,
    String sessionId,
    @Nullable String agentVersion,
    @Nullable CloneOutcome cloned,
    List<TurnOutcome> turns,
    @Nullable ReviewOutcome outcome,
    @Nullable DiffOutcome diff,
    long startedAt,
    long endedAt,
    long sandboxMilliseconds,
    Map<String, Long> stepMilliseconds) {
  public RepositoryReport {
    Objects.requireNonNull(review, "review");
    Objects.requireNonNull(status, "status");
    Objects.requireNonNull(sessionId, "sessionId");
    turns = List.copyOf(turns);
    // Sorted, so that replay sees the same payload.
    stepMilliseconds = Collections.unmodifiableMap(new TreeMap<>(stepMilliseconds));
  }
}
