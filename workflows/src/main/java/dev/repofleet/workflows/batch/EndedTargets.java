package dev.repofleet.workflows.batch;

import dev.repofleet.workflows.RepositoryStatus;
import dev.repofleet.workflows.progress.IndexRange;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;

/**
 * In which status the targets of a batch have ended that did not end complete; of the others
 * nothing is kept. Not thread-safe.
 */
final class EndedTargets {
  private final Map<RepositoryStatus, IndexSet> byStatus = new EnumMap<>(RepositoryStatus.class);

  EndedTargets(Map<RepositoryStatus, List<IndexRange>> ranges) {
    ranges.forEach((status, some) -> byStatus.put(status, IndexSet.of(some)));
  }

  void add(int index, RepositoryStatus status) {
    if (status != RepositoryStatus.COMPLETE) {
      byStatus.computeIfAbsent(status, none -> IndexSet.of(List.of())).add(index);
    }
  }

  /** Forgets a target that had ended, and returns in what. */
  RepositoryStatus remove(int index) {
    for (Map.Entry<RepositoryStatus, IndexSet> each : byStatus.entrySet()) {
      if (each.getValue().remove(index)) {
        return each.getKey();
      }
    }
    return RepositoryStatus.COMPLETE;
  }

  /** Those that ended with less than they should have; an unchanged one did not. */
  void forEachIncomplete(IntConsumer each) {
    byStatus.forEach(
        (status, set) -> {
          if (status != RepositoryStatus.SKIPPED_UNCHANGED) {
            set.forEach(each);
          }
        });
  }

  boolean areAllComplete() {
    return byStatus.entrySet().stream()
        .allMatch(
            each ->
                each.getKey() == RepositoryStatus.SKIPPED_UNCHANGED || each.getValue().isEmpty());
  }

  Map<RepositoryStatus, List<IndexRange>> ranges() {
    Map<RepositoryStatus, List<IndexRange>> ranges = new EnumMap<>(RepositoryStatus.class);
    byStatus.forEach(
        (status, set) -> {
          if (!set.isEmpty()) {
            ranges.put(status, set.ranges());
          }
        });
    return ranges;
  }
}
