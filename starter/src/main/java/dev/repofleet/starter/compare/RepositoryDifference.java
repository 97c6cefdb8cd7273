package dev.repofleet.starter.compare;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.repofleet.artifacts.finding.Finding;
import dev.repofleet.artifacts.finding.FindingMatch;
import dev.repofleet.artifacts.finding.LifecycleState;
import dev.repofleet.artifacts.result.CoverageStatus;
import dev.repofleet.artifacts.result.RepositoryResult;
import dev.repofleet.artifacts.result.RepositoryStatus;
import dev.repofleet.artifacts.target.TargetRow;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What two batches found in one repository.
 *
 * @param target as the person typed it
 * @param key of the repository, the same in both batches
 * @param note why the two say less than they seem to; absent where both reviewed everything
 * @param findings of both, each with its state
 */
record RepositoryDifference(
    String target, String key, @Nullable String note, List<FindingChange> findings) {
  private static final Comparator<FindingChange> ORDER =
      Comparator.comparing(FindingChange::state)
          .thenComparing(FindingChange::severity)
          .thenComparing(FindingChange::path)
          .thenComparing(FindingChange::startLine);

  /**
   * @param before the earlier result; null where the earlier batch has none
   * @param after the later one
   * @param rules of the later one's plan; none where any is taken
   */
  static RepositoryDifference of(
      TargetRow row,
      @Nullable RepositoryResult before,
      @Nullable RepositoryResult after,
      List<String> rules) {
    List<FindingChange> changes = new ArrayList<>();
    List<Finding> earlier = before == null ? List.of() : before.findings();
    if (after == null) {
      earlier.forEach(finding -> changes.add(FindingChange.of(LifecycleState.UNKNOWN, finding)));
      return new RepositoryDifference(
          row.target(), row.key(), "the later batch has no result of it", changes);
    }
    List<Finding> known = new ArrayList<>(earlier);
    if (before != null && before.baseline() != null) {
      known.addAll(before.baseline().absent());
    }
    FindingMatch match = FindingMatch.of(known, after.findings());
    for (Finding finding : after.findings()) {
      LifecycleState state =
          match
              .earlier(finding)
              .map(RepositoryDifference::again)
              .orElseGet(() -> FindingChange.stateOfNew(finding, after));
      changes.add(FindingChange.of(state, finding));
    }
    LifecycleState gone = isWhole(after) ? LifecycleState.RESOLVED : LifecycleState.UNKNOWN;
    Set<Finding> had = Collections.newSetFromMap(new IdentityHashMap<>());
    had.addAll(earlier);
    List<Finding> lost = match.gone().stream().filter(had::contains).toList();
    FindingMatch unknown = FindingMatch.of(unknown(after), lost);
    for (Finding finding : lost) {
      boolean told =
          (rules.isEmpty() || rules.contains(finding.ruleId()))
              && unknown.earlier(finding).isEmpty();
      changes.add(FindingChange.of(told ? gone : LifecycleState.UNKNOWN, finding));
    }
    return new RepositoryDifference(row.target(), row.key(), note(before, after), changes);
  }

  /** Of which the later result itself says that it can't tell. */
  private static List<Finding> unknown(RepositoryResult after) {
    return after.baseline() == null ? List.of() : after.baseline().unknown();
  }

  private static LifecycleState again(Finding earlier) {
    return earlier.lifecycle() != null && earlier.lifecycle().state() == LifecycleState.RESOLVED
        ? LifecycleState.REOPENED
        : LifecycleState.PERSISTING;
  }

  /** Only who looked at everything can say that something is not there any more. */
  private static boolean isWhole(RepositoryResult result) {
    return (result.status() == RepositoryStatus.COMPLETE
            || result.status() == RepositoryStatus.SKIPPED_UNCHANGED)
        && result.coverage().status() == CoverageStatus.COMPLETE;
  }

  private static @Nullable String note(@Nullable RepositoryResult before, RepositoryResult after) {
    if (before == null) {
      return "the earlier batch has no result of it: all is new"
          + (isWhole(after) ? "" : ", and the later one did not review all of it");
    }
    if (!isWhole(after)) {
      return "the later batch did not review all of it (%s, coverage %s): what it lacks is unknown"
          .formatted(after.status().word(), after.coverage().status().word());
    }
    return isWhole(before)
        ? null
        : "the earlier batch did not review all of it: what is new may have been there";
  }

  /** What is to be told: all but what was there before and still is, new ones first. */
  List<FindingChange> told() {
    return findings.stream()
        .filter(change -> change.state() != LifecycleState.PERSISTING)
        .sorted(ORDER)
        .toList();
  }

  int count(LifecycleState state) {
    return (int)
        findings.stream().filter(change -> change.state() == state && !change.isRejected()).count();
  }

  /** Whether anything but what was there before is to be told. */
  @JsonIgnore
  boolean isWorthALine() {
    return note != null
        || findings.stream().anyMatch(one -> one.state() != LifecycleState.PERSISTING);
  }
}
