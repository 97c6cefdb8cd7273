package dev.repofleet.worker.review;

import dev.repofleet.artifacts.CodeExcerpt;
import dev.repofleet.artifacts.Finding;
import dev.repofleet.artifacts.Location;
import dev.repofleet.worker.review.CommitFiles.Range;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Shows findings in their code: the lines of the primary place and some around them, without
 * secrets. For the findings of one answer.
 */
final class FindingExcerpts {
  private static final int AROUND = 3;
  private static final int MAX_LINES = 24;

  /** Shorter ones stand in code for other things as well. */
  private static final int MIN_ELSEWHERE = 8;

  private final Map<Range, CodeExcerpt> excerpts;
  private final SecretMask mask;

  /** Values of found secrets, which the code around other findings may hold too. */
  private final Set<String> everywhere = new HashSet<>();

  private FindingExcerpts(Map<Range, CodeExcerpt> excerpts, SecretMask mask) {
    this.excerpts = excerpts;
    this.mask = mask;
  }

  /** The findings with the code that could be had, the worst ones' first. */
  static List<Finding> added(List<Finding> findings, CommitFiles files, SecretMask mask) {
    Set<Range> wanted = new LinkedHashSet<>();
    findings.stream()
        .sorted(Comparator.comparing(finding -> finding.severity().level()))
        .forEach(finding -> wanted.add(range(finding)));
    if (wanted.isEmpty()) {
      return findings;
    }
    FindingExcerpts excerpts = new FindingExcerpts(files.excerpts(List.copyOf(wanted)), mask);
    for (Finding finding : findings) {
      excerpts.secretsOf(finding).stream()
          .filter(value -> value.length() >= MIN_ELSEWHERE)
          .forEach(excerpts.everywhere::add);
    }
    return findings.stream().map(excerpts::added).toList();
  }

  private static Range range(Finding finding) {
    Location place = finding.locations().get(0);
    int first = Math.max(1, place.startLine() - AROUND);
    long last = Math.min((long) place.endLine() + AROUND, (long) first + MAX_LINES - 1);
    return new Range(place.path(), first, (int) Math.min(last, Integer.MAX_VALUE));
  }

  /** Of a finding that is a secret: what its lines have that may be it, and keys around them. */
  private Set<String> secretsOf(Finding finding) {
    CodeExcerpt code = excerpts.get(range(finding));
    Set<String> values = new HashSet<>();
    if (code == null || !SecretMask.isSecret(finding.ruleId(), finding.cwe())) {
      return values;
    }
    Location place = finding.locations().get(0);
    for (int i = 0; i < code.lines().size(); i++) {
      int number = code.startLine() + i;
      if (number >= place.startLine() && number <= place.endLine()) {
        SecretMask.collect(code.lines().get(i), values);
      } else {
        SecretMask.collectKeys(code.lines().get(i), values);
      }
    }
    return values;
  }

  private Finding added(Finding finding) {
    @Nullable CodeExcerpt code = excerpts.get(range(finding));
    if (code == null) {
      return finding;
    }
    Set<String> values = secretsOf(finding);
    values.addAll(everywhere);
    List<String> clean = code.lines().stream().map(line -> mask.code(line, values)).toList();
    return finding.withPrimary(
        finding.locations().get(0).withExcerpt(new CodeExcerpt(code.startLine(), clean)));
  }
}
