package dev.repofleet.artifacts.result;

import dev.repofleet.artifacts.Parts;
import dev.repofleet.artifacts.finding.SeverityCounts;
import java.time.Instant;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The result of a batch: {@code batch.json}.
 *
 * @param schemaVersion of this file, {@link #SCHEMA_VERSION}
 * @param batch id
 * @param status what became of it
 * @param message why, when it is not complete
 * @param plan the plan's name
 * @param agent which did the work; absent when none was started
 * @param rehearsal whether no model was used
 * @param startedAt when the batch began
 * @param endedAt absent while it runs
 * @param totals count of repositories by status, every status of an ended repository included
 * @param findings counts by severity over all repositories
 * @param usage of all repositories
 * @param repositories a row for every target, in the order of the input
 */
public record BatchResult(
    int schemaVersion,
    String batch,
    BatchStatus status,
    @Nullable String message,
    @Nullable String plan,
    @Nullable AgentInfo agent,
    boolean rehearsal,
    Instant startedAt,
    @Nullable Instant endedAt,
    Map<RepositoryStatus, Integer> totals,
    SeverityCounts findings,
    Usage usage,
    List<BatchRow> repositories) {
  /** The version that this program writes. */
  public static final int SCHEMA_VERSION = 1;

  /** How many bytes of one are read at most: a row has a few hundred. */
  public static final long MAX_BYTES = 512L << 20;

  /** Refuses another schema version and a result without identity or status. */
  public BatchResult {
    Parts.schemaVersion(schemaVersion, SCHEMA_VERSION);
    Parts.text(batch, "batch");
    Objects.requireNonNull(status, "status is missing");
    Objects.requireNonNull(startedAt, "startedAt is missing");
    totals = withEveryEnd(totals == null ? Map.of() : totals);
    findings = findings == null ? SeverityCounts.NONE : findings;
    usage = usage == null ? Usage.NONE : usage;
    repositories = Parts.list(repositories);
  }

  /** The head of a result: what is known besides the rows. */
  public record Head(
      String batch,
      BatchStatus status,
      @Nullable String message,
      @Nullable String plan,
      @Nullable AgentInfo agent,
      Instant startedAt,
      @Nullable Instant endedAt) {}

  /** Adds up the rows. */
  public static BatchResult of(Head head, List<BatchRow> rows) {
    Map<RepositoryStatus, Integer> totals = new EnumMap<>(RepositoryStatus.class);
    SeverityCounts findings = SeverityCounts.NONE;
    Usage usage = Usage.NONE;
    for (BatchRow row : rows) {
      totals.merge(row.status(), 1, Integer::sum);
      findings = findings.plus(row.findings());
      usage = usage.plus(row.usage());
    }
    return new BatchResult(
        SCHEMA_VERSION,
        head.batch(),
        head.status(),
        head.message(),
        head.plan(),
        head.agent(),
        head.agent() != null && head.agent().isRehearsal(),
        head.startedAt(),
        head.endedAt(),
        totals,
        findings,
        usage,
        rows);
  }

  /** The head's message for rows as they are; none for a batch that is complete. */
  public static @Nullable String message(BatchStatus status, List<BatchRow> rows) {
    long good = rows.stream().filter(row -> row.status().isGood()).count();
    return status == BatchStatus.COMPLETE
        ? null
        : good + " of " + rows.size() + " repositories are complete";
  }

  /**
   * The same after one repository has changed: its row replaced, everything added up anew. A batch
   * that came to its end by itself is complete once all its rows are.
   *
   * @throws IllegalArgumentException when the batch has no such row
   */
  public BatchResult withRow(BatchRow changed) {
    List<BatchRow> rows =
        repositories.stream().map(row -> row.key().equals(changed.key()) ? changed : row).toList();
    if (!rows.contains(changed)) {
      throw new IllegalArgumentException("batch " + batch + " has no row " + changed.key());
    }
    boolean all = rows.stream().allMatch(row -> row.status().isGood());
    boolean ended = status == BatchStatus.COMPLETE || status == BatchStatus.FINISHED_WITH_FAILURES;
    BatchStatus now =
        !ended ? status : all ? BatchStatus.COMPLETE : BatchStatus.FINISHED_WITH_FAILURES;
    return of(new Head(batch, now, message(now, rows), plan, agent, startedAt, endedAt), rows);
  }

  /** The same with other rows of the same repositories: as when their files are copied. */
  public BatchResult withRepositories(List<BatchRow> rows) {
    return new BatchResult(
        schemaVersion,
        batch,
        status,
        message,
        plan,
        agent,
        rehearsal,
        startedAt,
        endedAt,
        totals,
        findings,
        usage,
        rows);
  }

  /** The count of repositories with this status. */
  public int total(RepositoryStatus of) {
    return totals.getOrDefault(of, 0);
  }

  private static Map<RepositoryStatus, Integer> withEveryEnd(Map<RepositoryStatus, Integer> some) {
    Map<RepositoryStatus, Integer> totals = new EnumMap<>(RepositoryStatus.class);
    for (RepositoryStatus status : RepositoryStatus.values()) {
      int count = some.getOrDefault(status, 0);
      if (count > 0 || status.compareTo(RepositoryStatus.SKIPPED_UNCHANGED) <= 0) {
        totals.put(status, count);
      }
    }
    return Collections.unmodifiableMap(totals);
  }
}
