package dev.repofleet.starter.compare;

import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.finding.LifecycleState;
import dev.repofleet.artifacts.finding.Severity;
import dev.repofleet.artifacts.plan.Plan;
import dev.repofleet.artifacts.result.RepositoryResult;
import dev.repofleet.artifacts.result.RepositoryStatus;
import dev.repofleet.artifacts.target.TargetPlan;
import dev.repofleet.artifacts.target.TargetRow;
import dev.repofleet.starter.batch.BatchRecords;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What two batches found differently, repository by repository in the later one's order, then those
 * that only the earlier one has.
 *
 * @param before id of the earlier batch
 * @param after id of the later batch
 * @param counts of findings by state and severity, without rejected ones; states and severities
 *     without any are left out
 * @param unreviewed how many repositories of the later batch have no findings to compare: without a
 *     result, failed, cancelled or unstructured
 */
record BatchDifference(
    String before,
    String after,
    Map<LifecycleState, Map<Severity, Integer>> counts,
    List<RepositoryDifference> repositories,
    int unreviewed) {
  private static final Set<RepositoryStatus> REVIEWED =
      Set.of(
          RepositoryStatus.COMPLETE, RepositoryStatus.PARTIAL, RepositoryStatus.SKIPPED_UNCHANGED);

  /**
   * Reads both batches' results, one repository at a time.
   *
   * @throws dev.repofleet.artifacts.ArtifactException when the store fails, or lacks a plan of the
   *     later batch
   */
  static BatchDifference of(BatchRecords before, BatchRecords after) {
    List<RepositoryDifference> repositories = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    int unreviewed = 0;
    Plan plan = after.plan();
    for (TargetRow row : after.targets()) {
      seen.add(row.key());
      RepositoryResult later = result(after, row);
      unreviewed += later == null || !REVIEWED.contains(later.status()) ? 1 : 0;
      List<String> rules = later == null ? List.of() : rules(after, row, plan);
      repositories.add(RepositoryDifference.of(row, result(before, row), later, rules));
    }
    for (TargetRow row : before.targets()) {
      if (!seen.contains(row.key())) {
        repositories.add(RepositoryDifference.of(row, result(before, row), null, List.of()));
      }
    }
    return new BatchDifference(
        before.batch(), after.batch(), counted(repositories), repositories, unreviewed);
  }

  private static List<String> rules(BatchRecords records, TargetRow row, Plan ofBatch) {
    TargetPlan own = row.plan();
    return own == null
        ? ofBatch.rules()
        : ArtifactJson.read(records.store(), own.uri(), Plan.class, Plan.MAX_BYTES).rules();
  }

  private static @Nullable RepositoryResult result(BatchRecords records, TargetRow row) {
    return records.result(row.key()).orElse(null);
  }

  private static Map<LifecycleState, Map<Severity, Integer>> counted(
      List<RepositoryDifference> repositories) {
    Map<LifecycleState, Map<Severity, Integer>> counts = new EnumMap<>(LifecycleState.class);
    for (RepositoryDifference repository : repositories) {
      for (FindingChange change : repository.findings()) {
        if (!change.isRejected()) {
          counts
              .computeIfAbsent(change.state(), state -> new EnumMap<>(Severity.class))
              .merge(change.severity(), 1, Integer::sum);
        }
      }
    }
    return counts;
  }

  int count(LifecycleState state) {
    return counts.getOrDefault(state, Map.of()).values().stream().mapToInt(one -> one).sum();
  }

  int only(LifecycleState state, Severity severity) {
    return counts.getOrDefault(state, Map.of()).getOrDefault(severity, 0);
  }

  /** How many there are of a state that are at least so severe. */
  int count(LifecycleState state, Severity least) {
    return counts.getOrDefault(state, Map.of()).entrySet().stream()
        .filter(entry -> entry.getKey().compareTo(least) <= 0)
        .mapToInt(Map.Entry::getValue)
        .sum();
  }
}
