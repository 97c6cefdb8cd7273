package dev.repofleet.starter.report;

import dev.repofleet.artifacts.finding.Finding;
import dev.repofleet.artifacts.finding.Severity;
import dev.repofleet.artifacts.finding.Verification;
import dev.repofleet.artifacts.result.RepositoryInfo;
import dev.repofleet.artifacts.result.RepositoryResult;
import dev.repofleet.artifacts.target.CanonicalTarget;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The findings of a batch that several repositories share. Each finding is in one group at most:
 * with those about the same lines where another repository has such, else with the rest of its
 * rule. What somebody decided on, or a verification rejected, counts for nothing. For one thread.
 */
public final class RootCauses {
  private static final Comparator<RootCause> FIRST =
      Comparator.comparingDouble(RootCause::score)
          .thenComparingInt(RootCause::repositories)
          .thenComparingInt(RootCause::findings)
          .reversed()
          .thenComparing(RootCause::kind)
          .thenComparing(RootCause::ruleId);

  private final Map<List<String>, Group> byCode = new LinkedHashMap<>();

  /** Adds a repository's findings; repositories come in the order of the batch. */
  public void add(RepositoryResult result) {
    String repository = identity(result);
    for (Finding finding : result.findings()) {
      if (finding.suppression() == null && finding.verification() != Verification.REJECTED) {
        byCode
            .computeIfAbsent(code(result, finding), any -> new Group(finding))
            .add(repository, place(result, finding), finding.title());
      }
    }
  }

  /** All of at least two repositories, ranked by severity × spread. */
  public List<RootCause> ranked() {
    List<Group> copied = new ArrayList<>();
    Map<String, Group> byRule = new LinkedHashMap<>();
    for (Group group : byCode.values()) {
      if (group.isShared()) {
        copied.add(group);
      } else {
        byRule.computeIfAbsent(group.ruleId, any -> new Group(group)).add(group);
      }
    }
    return Stream.concat(
            copied.stream().map(group -> group.as(RootCause.Kind.SAME_CODE)),
            byRule.values().stream()
                .filter(Group::isShared)
                .map(group -> group.as(RootCause.Kind.SAME_RULE)))
        .sorted(FIRST)
        .toList();
  }

  /** One whose lines nobody read has its code for itself. */
  private static List<String> code(RepositoryResult result, Finding finding) {
    String snippet = finding.primary().snippetHash();
    return snippet == null
        ? List.of(finding.ruleId(), result.key(), finding.id())
        : List.of(finding.ruleId(), snippet);
  }

  /** Two folders or two branches of a repository are one repository. */
  private static String identity(RepositoryResult result) {
    RepositoryInfo repository = result.repository();
    if (repository.url() != null) {
      return CanonicalTarget.ofUrl(repository.url()).canonical();
    }
    String path = result.target().replaceFirst("#.*$", "");
    String ref = "@" + repository.ref();
    return path.endsWith(ref) ? path.substring(0, path.length() - ref.length()) : path;
  }

  private static RootCause.Place place(RepositoryResult result, Finding finding) {
    return new RootCause.Place(
        result.index(),
        result.key(),
        result.target(),
        Objects.requireNonNullElse(finding.fingerprint(), ""),
        finding.severity().level(),
        finding.primary().path(),
        finding.primary().startLine());
  }

  /** While it grows. */
  private static final class Group {
    private final String ruleId;
    // Most have one place for ever.
    private final Set<String> repositories = new HashSet<>(1);
    private final List<RootCause.Place> firsts = new ArrayList<>(1);
    private final List<RootCause.Place> others = new ArrayList<>(0);
    private Severity severity;
    private String title;
    private int findings;

    private Group(Finding first) {
      ruleId = first.ruleId();
      severity = first.severity().level();
      title = first.title();
    }

    private Group(Group first) {
      ruleId = first.ruleId;
      severity = first.severity;
      title = first.title;
    }

    private void add(String repository, RootCause.Place place, String called) {
      worst(place.severity(), called);
      findings++;
      keep(repositories.add(repository) ? firsts : others, place);
    }

    private void add(Group other) {
      worst(other.severity, other.title);
      findings += other.findings;
      for (RootCause.Place place : other.firsts) {
        // A group of one repository.
        keep(repositories.addAll(other.repositories) ? firsts : others, place);
      }
      other.others.forEach(place -> keep(others, place));
    }

    private void worst(Severity level, String called) {
      if (level.compareTo(severity) < 0) {
        severity = level;
        title = called;
      }
    }

    private static void keep(List<RootCause.Place> places, RootCause.Place place) {
      if (places.size() < RootCause.MAX_PLACES) {
        places.add(place);
      }
    }

    private boolean isShared() {
      return repositories.size() > 1;
    }

    private RootCause as(RootCause.Kind kind) {
      return new RootCause(
          kind,
          ruleId,
          severity,
          severity.score() * repositories.size(),
          repositories.size(),
          findings,
          title,
          Stream.concat(firsts.stream(), others.stream()).limit(RootCause.MAX_PLACES).toList());
    }
  }
}
