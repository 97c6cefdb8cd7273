package dev.repofleet.workflows.progress;

import dev.repofleet.workflows.Payload;
import dev.repofleet.workflows.RepositoryStatus;
import dev.repofleet.workflows.SeverityCounts;
import dev.repofleet.workflows.UsageTotals;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * Counts over the repositories of a batch that have ended.
 *
 * @param byStatus how many ended in each status; a status nobody ended in is absent
 * @param findings of all of them
 * @param usage of all of them
 */
@Payload
public record BatchTally(
    Map<RepositoryStatus, Integer> byStatus, SeverityCounts findings, UsageTotals usage) {

  /** Nobody has ended. */
  public static final BatchTally NONE =
      new BatchTally(Map.of(), SeverityCounts.NONE, UsageTotals.NONE);

  public BatchTally {
    // An EnumMap keeps the order of a map fixed, so that replay sees the same payload.
    EnumMap<RepositoryStatus, Integer> sorted = new EnumMap<>(RepositoryStatus.class);
    sorted.putAll(byStatus);
    byStatus = Collections.unmodifiableMap(sorted);
  }

  /** One more has ended. */
  public BatchTally plus(RepositoryEnded ended) {
    SeverityCounts before = ended.replaced();
    return new BatchTally(
        counting(ended.status()).byStatus(),
        (before == null ? findings : findings.minus(before)).plus(ended.findings()),
        usage.plus(ended.usage()));
  }

  /** One more counts as ended in this status. */
  public BatchTally counting(RepositoryStatus status) {
    EnumMap<RepositoryStatus, Integer> counts = new EnumMap<>(RepositoryStatus.class);
    counts.putAll(byStatus);
    counts.merge(status, 1, Integer::sum);
    return new BatchTally(counts, findings, usage);
  }

  /** One that ended in this status is reviewed once more: what it found and cost stays for now. */
  public BatchTally discounting(RepositoryStatus status) {
    EnumMap<RepositoryStatus, Integer> counts = new EnumMap<>(RepositoryStatus.class);
    counts.putAll(byStatus);
    counts.computeIfPresent(status, (same, count) -> count == 1 ? null : count - 1);
    return new BatchTally(counts, findings, usage);
  }

  /** How many ended in this status. */
  public int count(RepositoryStatus status) {
    return byStatus.getOrDefault(status, 0);
  }

  /** How many have ended at all. */
  public int ended() {
    return byStatus.values().stream().mapToInt(Integer::intValue).sum();
  }
}
