package dev.repofleet.worker.review;

import dev.repofleet.artifacts.ArtifactJson;
import dev.repofleet.artifacts.Sha256;
import dev.repofleet.artifacts.finding.Finding;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Names findings by what they are about and not by the words or line numbers of one answer: rule,
 * file, what the lines are in, and a number where one place has several of a kind.
 */
public final class FindingIdentity {
  /** Raised when another way of naming makes all earlier names void. */
  private static final int ALGORITHM = 1;

  private FindingIdentity() {}

  /**
   * The findings with fingerprints that are unique within the answer.
   *
   * @param anchors of each finding, in the same order
   */
  static List<Finding> within(List<Finding> findings, List<String> anchors) {
    List<Integer> byLine = new ArrayList<>();
    for (int index = 0; index < findings.size(); index++) {
      byLine.add(index);
    }
    byLine.sort(Comparator.comparingInt(index -> findings.get(index).primary().startLine()));
    Map<List<String>, Integer> instances = new HashMap<>();
    List<Finding> named = new ArrayList<>(findings);
    for (int index : byLine) {
      Finding finding = findings.get(index);
      List<String> place = List.of(finding.ruleId(), finding.primary().path(), anchors.get(index));
      int instance = instances.merge(place, 1, Integer::sum);
      named.set(index, finding.withFingerprint(hash(List.of(ALGORITHM, place, instance))));
    }
    return named;
  }

  /**
   * The same finding in two repositories is two findings.
   *
   * @param repository in its one spelling
   */
  public static Finding inRepository(String repository, Finding finding) {
    String fingerprint = finding.fingerprint();
    return fingerprint == null
        ? finding
        : finding.withFingerprint(hash(List.of(repository, fingerprint)));
  }

  private static String hash(List<?> parts) {
    return Sha256.ofText(ArtifactJson.canonical(parts));
  }
}
