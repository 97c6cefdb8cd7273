package dev.repofleet.worker.report;

import dev.repofleet.artifacts.result.CostSource;
import dev.repofleet.artifacts.result.RepositoryResult;
import dev.repofleet.artifacts.result.RepositoryStatus;
import dev.repofleet.artifacts.result.TurnPurpose;
import dev.repofleet.artifacts.result.Usage;
import dev.repofleet.worker.activity.FindingCounts;
import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.UsageTotals;
import dev.repofleet.workflows.activities.agent.PromptKind;
import dev.repofleet.workflows.progress.RepositoryEnded;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Between the records of histories and those of files: two modules that don't know each other. */
final class Conversions {
  private Conversions() {}

  static RepositoryStatus status(dev.repofleet.workflows.RepositoryStatus status) {
    return RepositoryStatus.valueOf(status.name());
  }

  static @Nullable String code(@Nullable Cause cause) {
    return cause == null ? null : cause.code();
  }

  static Usage usage(UsageTotals totals) {
    return new Usage(
        totals.inputTokens(),
        totals.cacheReadTokens(),
        totals.cacheWriteTokens(),
        totals.outputTokens(),
        totals.costUsd(),
        CostSource.valueOf(totals.costSource().name()),
        0);
  }

  static TurnPurpose purpose(PromptKind prompt) {
    return TurnPurpose.valueOf(prompt.name());
  }

  /** What the review's own signal would have told. */
  static RepositoryEnded ended(RepositoryResult result) {
    Usage usage = result.usage();
    String cause = result.cause();
    return new RepositoryEnded(
        result.index(),
        result.key(),
        dev.repofleet.workflows.RepositoryStatus.of(
            result.status().name().toLowerCase(Locale.ROOT)),
        cause == null ? null : Cause.of(cause),
        FindingCounts.of(result.findings()),
        new UsageTotals(
            usage.inputTokens(),
            usage.cacheReadTokens(),
            usage.cacheWriteTokens(),
            usage.outputTokens(),
            usage.costUsd(),
            UsageTotals.CostSource.of(usage.costSource().word())),
        result.generation(),
        null);
  }
}
