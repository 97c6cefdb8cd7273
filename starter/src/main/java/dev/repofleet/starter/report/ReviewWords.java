package dev.repofleet.starter.report;

import dev.repofleet.artifacts.finding.Finding;
import dev.repofleet.artifacts.finding.Lifecycle;
import dev.repofleet.artifacts.finding.LifecycleState;
import dev.repofleet.artifacts.finding.Suppression;
import dev.repofleet.artifacts.finding.Verification;
import dev.repofleet.artifacts.result.Baseline;
import dev.repofleet.artifacts.result.BatchRow;
import dev.repofleet.artifacts.result.CostSource;
import dev.repofleet.artifacts.result.Coverage;
import dev.repofleet.artifacts.result.CoverageStatus;
import dev.repofleet.artifacts.result.IgnoredFiles;
import dev.repofleet.artifacts.result.IncrementalInfo;
import dev.repofleet.artifacts.result.RepositoryResult;
import dev.repofleet.artifacts.result.Usage;
import dev.repofleet.starter.render.Wording;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** How a repository's review is put into words: nothing found is said for what it is worth. */
public final class ReviewWords {
  private static final int NAMED_REPOSITORIES = 3;

  private ReviewWords() {}

  /** What the findings of a root cause have in common. */
  static String inCommon(RootCause.Kind kind) {
    return switch (kind) {
      case SAME_CODE -> "the same code";
      case SAME_RULE -> "the same rule";
    };
  }

  /** The first repositories of a root cause, as they were typed, and how many there are more. */
  static String repositories(RootCause cause) {
    List<String> names =
        cause.places().stream()
            .map(RootCause.Place::target)
            .distinct()
            .limit(NAMED_REPOSITORIES)
            .toList();
    int more = cause.repositories() - names.size();
    return String.join(", ", names) + (more > 0 ? " and " + more + " more" : "");
  }

  /** Counts of findings; without any, what that means. Never that a repository is clean. */
  static String findings(BatchRow row) {
    String counted =
        row.findings().total() > 0
            ? Wording.findings(row.findings())
            : row.rejected() == null ? nothingFound(row) : "none left";
    return row.rejected() == null ? counted : counted + ", " + row.rejected() + " rejected";
  }

  /** What its verification came to: {@code rejected: a constant}; empty where nobody tried. */
  public static Optional<String> verified(Finding finding) {
    String reason = finding.verificationReason();
    if (finding.verification() == Verification.UNVERIFIED && reason == null) {
      return Optional.empty();
    }
    String word = finding.verification().word();
    return Optional.of(reason == null ? word : word + ": " + reason);
  }

  private static String nothingFound(BatchRow row) {
    return switch (row.status()) {
      case QUEUED, RUNNING -> "not yet reviewed";
      case SKIPPED_UNCHANGED -> "unchanged: the earlier result holds";
      case COMPLETE ->
          row.coverage().status() == CoverageStatus.COMPLETE
              ? "none found"
              : "none found, coverage " + row.coverage().status().word();
      default -> "not reviewed in full";
    };
  }

  /** {@code 11 of 12 files, partial}. */
  static String coverage(Coverage coverage) {
    Integer reviewed = coverage.filesReviewed();
    Integer total = coverage.filesTotal();
    if (reviewed == null) {
      return coverage.status().word();
    }
    String count = total == null ? Integer.toString(reviewed) : reviewed + " of " + total;
    return count + " files, " + coverage.status().word();
  }

  /** What an incremental review was about, in a sentence. */
  static String incremental(RepositoryResult result, IncrementalInfo incremental) {
    if (incremental.fallback() != null) {
      return "everything was reviewed, since " + incremental.message();
    }
    Integer files = incremental.filesChanged();
    return (files != null && files == 1 ? "1 file" : files + " files")
        + " changed since "
        + incremental.base()
        + ", reviewed in batch "
        + incremental.batch()
        + "; found before in files that did not change, and not looked at again: "
        + result.findings().stream().filter(finding -> finding.carriedFrom() != null).count();
  }

  /** What the repository's own {@code .reviewignore} does, in a sentence. */
  static String ignored(IgnoredFiles ignored) {
    if (ignored.unheeded() != null) {
      return "not followed, so that all files were to be reviewed: " + ignored.unheeded();
    }
    String left =
        (ignored.files() == 1 ? "1 file" : ignored.files() + " files")
            + " left out by "
            + (ignored.rules() == 1 ? "1 pattern" : ignored.rules() + " patterns")
            + " of the repository itself";
    return ignored.findingsDropped() == 0
        ? left
        : left + "; findings reported there and dropped: " + ignored.findingsDropped();
  }

  /** Where a cost comes from, in a few words. */
  static String source(Usage usage) {
    return usage.costSource() == CostSource.REPORTED
        ? "as the agent reported it"
        : usage.costSource() == CostSource.ESTIMATED
            ? "estimated in part, from the tokens that were seen"
            : "a lower bound: for some of it nobody said what it cost";
  }

  /** Whether a finding was not looked at again: {@code carried from batch monday, …}. */
  static Optional<String> carried(Finding finding) {
    return Optional.ofNullable(finding.carriedFrom())
        .map(batch -> "carried from batch " + batch + ", not looked at again");
  }

  /** What a person decided of a finding: {@code false positive by ann: a constant}. */
  public static String decided(Suppression suppression) {
    return suppression.kind().word().replace('_', ' ')
        + " by "
        + suppression.by()
        + ": "
        + suppression.reason();
  }

  /** What became of findings since the result before; empty where none was compared with. */
  static Optional<String> since(RepositoryResult result) {
    Baseline baseline = result.baseline();
    if (baseline == null) {
      return Optional.empty();
    }
    Map<LifecycleState, Integer> counts = new EnumMap<>(LifecycleState.class);
    counts.put(LifecycleState.NEW, 0);
    Stream.concat(result.findings().stream(), baseline.absent().stream())
        .filter(finding -> !finding.isRejected())
        .map(Finding::lifecycle)
        .filter(lifecycle -> lifecycle != null && !isOld(lifecycle, result))
        .forEach(lifecycle -> counts.merge(lifecycle.state(), 1, Integer::sum));
    String told =
        counts.entrySet().stream()
            .map(count -> count.getValue() + " " + count.getKey().word())
            .collect(Collectors.joining(", "));
    return Optional.of("batch " + baseline.batch() + ": " + told);
  }

  /** What an earlier result had resolved already is no news. */
  private static boolean isOld(Lifecycle lifecycle, RepositoryResult result) {
    return lifecycle.state() == LifecycleState.RESOLVED
        && !Objects.equals(lifecycle.resolvedAt(), result.startedAt());
  }

  /** Those that the result before had and this one resolved. */
  static List<Finding> resolved(RepositoryResult result) {
    Baseline baseline = result.baseline();
    return baseline == null
        ? List.of()
        : baseline.absent().stream()
            .filter(gone -> !gone.isRejected())
            .filter(
                gone ->
                    gone.lifecycle() != null
                        && gone.lifecycle().state() == LifecycleState.RESOLVED
                        && !isOld(gone.lifecycle(), result))
            .toList();
  }
}
