package dev.repofleet.starter.report;

import dev.repofleet.artifacts.result.AgentInfo;
import dev.repofleet.artifacts.result.BatchRow;
import dev.repofleet.artifacts.result.CoverageStatus;
import dev.repofleet.artifacts.result.Usage;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What is counted and told alike in several places of a report. */
final class ReportFacts {
  private static final Pattern RELATIVE =
      Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*");

  private ReportFacts() {}

  /** Whether nothing found means that nothing was there to be found. */
  static boolean isWhole(BatchRow row) {
    return row.status().isGood()
        && row.coverage().status() == CoverageStatus.COMPLETE
        && (row.incremental() == null || !row.incremental().changesAlone());
  }

  /** All that went into the model. */
  static long tokensIn(Usage usage) {
    return usage.inputTokens() + usage.cacheReadTokens() + usage.cacheWriteTokens();
  }

  /** {@code claude 2.1.197, model some-model}. */
  static String agent(AgentInfo agent) {
    return agent.kind()
        + (agent.version() == null ? "" : " " + agent.version())
        + (agent.model() == null ? "" : ", model " + agent.model());
  }

  /** A path beside the report; absent for what is none, such as an address in the store. */
  static @Nullable String relative(@Nullable String path) {
    return path != null && RELATIVE.matcher(path).matches() ? path : null;
  }
}
