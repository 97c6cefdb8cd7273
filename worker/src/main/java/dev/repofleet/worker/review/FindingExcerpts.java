package dev.repofleet.worker.review;

import dev.repofleet.artifacts.finding.CodeExcerpt;
import dev.repofleet.artifacts.finding.Finding;
import dev.repofleet.artifacts.finding.Location;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Shows findings in their code: the lines of the primary place and some around them, without
 * secrets. For the findings of one answer.
 */
final class FindingExcerpts {
  /** In characters: nobody reads more code in a report. */
  private static final int MAX_CODE = 512 << 10;

  /** Shorter ones stand in code for other things as well. */
  private static final int MIN_ELSEWHERE = 8;

  private final SecretMask mask;

  /** Values of found secrets, which the code around other findings may hold too. */
  private final SecretValues everywhere;

  private FindingExcerpts(SecretMask mask, SecretValues everywhere) {
    this.mask = mask;
    this.everywhere = everywhere;
  }

  /**
   * The findings with their code, the worst ones' first where it is too much for all.
   *
   * @param code of each finding, in the same order; null where there is none
   */
  static List<Finding> added(
      List<Finding> findings, List<@Nullable CodeExcerpt> code, SecretMask mask) {
    Set<String> shared = new HashSet<>();
    for (int at = 0; at < findings.size(); at++) {
      secretsOf(findings.get(at), code.get(at)).stream()
          .filter(value -> value.length() >= MIN_ELSEWHERE)
          .forEach(shared::add);
    }
    FindingExcerpts excerpts = new FindingExcerpts(mask, SecretValues.of(shared));
    List<Finding> shown = new ArrayList<>(findings);
    int left = MAX_CODE;
    for (int at : worstFirst(findings)) {
      CodeExcerpt excerpt = code.get(at);
      left -= excerpt == null ? 0 : excerpt.lines().stream().mapToInt(String::length).sum();
      if (excerpt != null && left >= 0) {
        shown.set(at, excerpts.added(findings.get(at), excerpt));
      }
    }
    return shown;
  }

  private static List<Integer> worstFirst(List<Finding> findings) {
    return IntStream.range(0, findings.size())
        .boxed()
        .sorted(Comparator.comparing(at -> findings.get(at).severity().level()))
        .toList();
  }

  /** Of a finding that is a secret: what its lines have that may be it, and keys around them. */
  private static Set<String> secretsOf(Finding finding, @Nullable CodeExcerpt code) {
    Set<String> values = new HashSet<>();
    if (code == null || !SecretMask.isSecret(finding.ruleId(), finding.cwe())) {
      return values;
    }
    Location place = finding.primary();
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

  private Finding added(Finding finding, CodeExcerpt code) {
    Set<String> values = secretsOf(finding, code);
    // The others are everywhere. A short one may be part of a long one: that goes first.
    values.removeIf(value -> value.length() >= MIN_ELSEWHERE);
    SecretValues own = SecretValues.of(values);
    List<String> clean =
        code.lines().stream().map(line -> mask.code(mask.code(line, everywhere), own)).toList();
    return finding.withPrimary(
        finding.primary().withExcerpt(new CodeExcerpt(code.startLine(), clean)));
  }
}
