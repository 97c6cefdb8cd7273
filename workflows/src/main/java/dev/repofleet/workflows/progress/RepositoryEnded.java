package dev.repofleet.workflows.progress;

import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.Payload;
import dev.repofleet.workflows.RepositoryStatus;
import dev.repofleet.workflows.SeverityCounts;
import dev.repofleet.workflows.UsageTotals;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How one repository ended: the review's result, and the signal it sends to its batch.
 *
 * @param index in the manifest
 * @param key of the target
 * @param status it ended in
 * @param cause why it is not {@code complete}; absent when it is
 * @param findings by severity
 * @param usage over all its turns, without those of earlier generations
 * @param generation that ended; absent: 0
 * @param replaced findings of the generation before, which no longer count; absent without one
 */
@Payload
public record RepositoryEnded(
    int index,
    String key,
    RepositoryStatus status,
    @Nullable Cause cause,
    SeverityCounts findings,
    UsageTotals usage,
    Integer generation,
    @Nullable SeverityCounts replaced) {
  public RepositoryEnded {
    generation = generation == null ? 0 : generation;
    Objects.requireNonNull(key, "key");
    Objects.requireNonNull(status, "status");
    Objects.requireNonNull(findings, "findings");
    Objects.requireNonNull(usage, "usage");
  }

  /** The same end for the generation that runs, where a later one has ended already. */
  public RepositoryEnded of(RunningRepository running) {
    return new RepositoryEnded(
        running.index(),
        running.key(),
        status,
        cause,
        findings,
        usage,
        running.generation(),
        replaced);
  }
}
