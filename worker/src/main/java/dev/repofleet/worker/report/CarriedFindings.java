package dev.repofleet.worker.report;

import dev.repofleet.artifacts.ArtifactCorruptException;
import dev.repofleet.artifacts.ArtifactException;
import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.ArtifactNotFoundException;
import dev.repofleet.artifacts.ArtifactPaths;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.ArtifactTooLongException;
import dev.repofleet.artifacts.ArtifactUri;
import dev.repofleet.artifacts.Sha256;
import dev.repofleet.artifacts.finding.Finding;
import dev.repofleet.artifacts.finding.FindingMatch;
import dev.repofleet.artifacts.result.IgnoredFiles;
import dev.repofleet.artifacts.result.RepositoryResult;
import dev.repofleet.artifacts.result.RepositoryStatus;
import dev.repofleet.worker.git.ChangedPaths;
import dev.repofleet.workflows.activities.git.Incremental;
import dev.repofleet.workflows.activities.report.RepositoryReport;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What an incremental review did not look at again: the findings of its base in files that nobody
 * has changed since are findings of this result too. Thread-safe.
 *
 * <p>A file that was renamed or deleted has changed. What was found there is not carried, and stays
 * unknown unless the review finds it again: the code may stand elsewhere now.
 */
final class CarriedFindings {
  private static final Logger log = LoggerFactory.getLogger(CarriedFindings.class);

  private final ArtifactStore store;

  CarriedFindings(ArtifactStore store) {
    this.store = store;
  }

  /**
   * The result with those it stands on; one that reviewed everything, or nothing, as it is. Empty
   * where they are not to be had: then the result tells of what changed alone, and no later review
   * may stand on it.
   *
   * @throws ArtifactException when the store does not answer: what it has is not known then
   */
  Optional<RepositoryResult> added(RepositoryResult result, RepositoryReport report) {
    Incremental incremental = report.incremental();
    if (incremental == null || incremental.fallback() != null || report.unchanged() != null) {
      return Optional.of(result);
    }
    if (incremental.changedUri() == null) {
      return Optional.empty();
    }
    try {
      Set<String> changed = ChangedPaths.read(store, incremental).orElse(Set.of());
      RepositoryResult base = base(incremental).orElse(null);
      if (base == null) {
        List<Finding> before = carriedBefore(result);
        return before.isEmpty()
            ? Optional.empty()
            : Optional.of(added(result, before, result.batch()));
      }
      return heedsTheSameRules(base, result)
          ? Optional.of(added(result, inUnchangedFiles(base, result, changed), base.batch()))
          : Optional.empty();
    } catch (ArtifactNotFoundException
        | ArtifactCorruptException
        | ArtifactTooLongException
        | IllegalArgumentException e) {
      log.info("Nothing is carried from batch {}: {}", incremental.batch(), e.getMessage());
      return Optional.empty();
    }
  }

  private Optional<RepositoryResult> base(Incremental incremental) {
    String batch = Objects.requireNonNull(incremental.batch(), "batch");
    return review(batch, Objects.requireNonNull(incremental.key(), "key"))
        .filter(base -> base.status() == RepositoryStatus.COMPLETE)
        .filter(base -> Objects.equals(base.repository().commit(), incremental.base()));
  }

  private Optional<RepositoryResult> review(String batch, String key) {
    String uri = ArtifactUri.of(ArtifactPaths.review(batch, key));
    return store
        .readIfPresent(uri, RepositoryResult.MAX_BYTES)
        .map(json -> ArtifactJson.read(json, RepositoryResult.class, uri));
  }

  /** When the base was deleted since, and this is written once more, as after a follow-up. */
  private List<Finding> carriedBefore(RepositoryResult result) {
    return review(result.batch(), result.key())
        .filter(written -> written.generation() == result.generation())
        .map(RepositoryResult::findings)
        .orElse(List.of())
        .stream()
        .filter(finding -> finding.carriedFrom() != null)
        .toList();
  }

  /** Where the base did not follow {@code .reviewignore}, it may have found what is ignored now. */
  private static boolean heedsTheSameRules(RepositoryResult base, RepositoryResult result) {
    return Objects.equals(unheeded(base), unheeded(result));
  }

  private static @Nullable String unheeded(RepositoryResult result) {
    IgnoredFiles ignored = result.coverage().ignored();
    return ignored == null ? null : ignored.unheeded();
  }

  private static List<Finding> inUnchangedFiles(
      RepositoryResult base, RepositoryResult result, Set<String> changed) {
    String subpath = result.repository().subpath();
    // The list of changes ends with the subpath.
    String below = subpath == null ? "" : subpath + "/";
    return base.findings().stream()
        .filter(
            finding -> {
              String path = finding.primary().path();
              return path.startsWith(below) && !changed.contains(path);
            })
        .toList();
  }

  private static RepositoryResult added(
      RepositoryResult result, List<Finding> before, String batch) {
    List<Finding> findings = new ArrayList<>(result.findings());
    Set<@Nullable String> ids = new HashSet<>();
    Set<@Nullable String> fingerprints = new HashSet<>();
    for (Finding finding : findings) {
      ids.add(finding.id());
      fingerprints.add(finding.fingerprint());
    }
    int number = findings.size();
    for (Finding old : notFoundAgain(before, result.findings())) {
      String id = "f" + ++number;
      while (!ids.add(id)) {
        id = "f" + ++number;
      }
      String fingerprint = old.fingerprint();
      while (fingerprint != null && !fingerprints.add(fingerprint)) {
        fingerprint = Sha256.ofText(fingerprint);
      }
      findings.add(old.carried(id, fingerprint, batch));
    }
    return result.withFindings(findings, result.baseline());
  }

  /** File by file: these have not moved, and what is found in a copy is not the same. */
  private static List<Finding> notFoundAgain(List<Finding> before, List<Finding> found) {
    Map<String, List<Finding>> again = byFile(found);
    List<Finding> left = new ArrayList<>();
    byFile(before)
        .forEach(
            (path, old) ->
                left.addAll(FindingMatch.of(old, again.getOrDefault(path, List.of())).gone()));
    return left;
  }

  private static Map<String, List<Finding>> byFile(List<Finding> findings) {
    return findings.stream()
        .collect(
            Collectors.groupingBy(
                finding -> finding.primary().path(), LinkedHashMap::new, Collectors.toList()));
  }
}
