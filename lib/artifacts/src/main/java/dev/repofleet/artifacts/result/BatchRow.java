package dev.repofleet.artifacts.result;

import dev.repofleet.artifacts.Parts;
import dev.repofleet.artifacts.finding.Finding;
import dev.repofleet.artifacts.finding.SeverityCounts;
import dev.repofleet.artifacts.target.TargetRow;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One target in the result of a batch, also one that never started.
 *
 * @param index position in the input, from 0
 * @param key of the repository
 * @param target as the person typed it
 * @param url absent for a path target
 * @param ref that was asked for
 * @param commit absent when it was never resolved
 * @param subpath absent: the whole repository
 * @param status what became of it
 * @param cause of anything but complete
 * @param message the cause in a sentence
 * @param sessionId of the agent
 * @param costUsd the same as in {@code usage}
 * @param usage of all turns and the sandbox
 * @param findings counts by severity
 * @param coverage how much was looked at; the patterns of a {@code .reviewignore} are in the
 *     repository's own result alone
 * @param files where the result's files are
 * @param incremental what was compared, or why all was reviewed; absent where the plan does not ask
 *     for that
 * @param rejected findings that a verification rejected, which are in no count; absent: none
 */
public record BatchRow(
    int index,
    String key,
    String target,
    @Nullable String url,
    @Nullable String ref,
    @Nullable String commit,
    @Nullable String subpath,
    RepositoryStatus status,
    @Nullable String cause,
    @Nullable String message,
    @Nullable String sessionId,
    double costUsd,
    Usage usage,
    SeverityCounts findings,
    Coverage coverage,
    ReviewFiles files,
    @Nullable IncrementalInfo incremental,
    @Nullable Integer rejected) {
  /** Refuses a row without identity or status; the cost is always that of the usage. */
  public BatchRow {
    Parts.notNegative(index, "index");
    Parts.text(key, "key");
    Parts.text(target, "target");
    Objects.requireNonNull(status, "status of " + target + " is missing");
    usage = usage == null ? Usage.NONE : usage;
    costUsd = usage.costUsd();
    findings = findings == null ? SeverityCounts.NONE : findings;
    coverage = coverage == null ? Coverage.UNKNOWN : coverage;
    files = files == null ? ReviewFiles.NONE : files;
  }

  /** The row of a repository that has its result. */
  public static BatchRow of(RepositoryResult result, ReviewFiles files) {
    RepositoryInfo repository = result.repository();
    return new BatchRow(
        result.index(),
        result.key(),
        result.target(),
        repository.url(),
        repository.ref(),
        repository.commit(),
        repository.subpath(),
        result.status(),
        result.cause(),
        result.message(),
        result.sessionId(),
        result.usage().costUsd(),
        result.usage(),
        SeverityCounts.of(result.findings()),
        result.coverage().withoutIgnoreRules(),
        files,
        result.incremental(),
        rejected(result.findings()));
  }

  private static @Nullable Integer rejected(List<Finding> findings) {
    int rejected = (int) findings.stream().filter(Finding::isRejected).count();
    return rejected == 0 ? null : rejected;
  }

  /** The row of a target without a result: waiting, running, or never started. */
  public static BatchRow without(
      TargetRow row, RepositoryStatus status, @Nullable String cause, @Nullable String message) {
    return new BatchRow(
        row.index(),
        row.key(),
        row.target(),
        row.url(),
        row.ref(),
        row.commit(),
        row.subpath(),
        status,
        cause,
        message,
        null,
        0,
        Usage.NONE,
        SeverityCounts.NONE,
        Coverage.UNKNOWN,
        ReviewFiles.NONE,
        null,
        null);
  }

  /** The same with the files elsewhere: as they are copied out of the store. */
  public BatchRow withFiles(ReviewFiles elsewhere) {
    return new BatchRow(
        index,
        key,
        target,
        url,
        ref,
        commit,
        subpath,
        status,
        cause,
        message,
        sessionId,
        costUsd,
        usage,
        findings,
        coverage,
        elsewhere,
        incremental,
        rejected);
  }
}
