package dev.repofleet.worker.report;

import dev.repofleet.artifacts.finding.AgentAnswer.AgentFinding;
import dev.repofleet.artifacts.finding.Finding;
import dev.repofleet.worker.review.ReviewDocument;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Of which earlier findings a review can say that they are not there any more: it looked at
 * everything, its plan has their rule, and it refused no finding of this rule in this file, which
 * may be the same one at a line that the file does not have. Immutable.
 */
final class LookedAt {
  private final boolean everything;
  private final Set<String> rules;

  /** Paths by rule and file name. */
  private final Map<List<String>, Set<String>> refused;

  private LookedAt(boolean everything, Set<String> rules, Map<List<String>, Set<String>> refused) {
    this.everything = everything;
    this.rules = rules;
    this.refused = refused;
  }

  /** A review of a part: it resolves nothing. */
  static LookedAt nothing() {
    return new LookedAt(false, Set.of(), Map.of());
  }

  /**
   * A review of everything.
   *
   * @param rules of its plan; none where any is taken
   * @param believed what it found; who is refused for repeating one of these says nothing new
   */
  static LookedAt all(
      List<String> rules, List<Finding> believed, List<ReviewDocument.Refused> refused) {
    Set<List<Object>> found = new HashSet<>();
    for (Finding finding : believed) {
      found.add(kind(finding, finding.primary().startLine()));
    }
    Map<List<String>, Set<String>> paths = new HashMap<>();
    for (ReviewDocument.Refused each : refused) {
      AgentFinding one = each.finding();
      boolean again =
          found.contains(List.<Object>of(one.ruleId(), name(one.path()), one.startLine()))
              && believed.stream()
                  .anyMatch(
                      finding ->
                          finding.ruleId().equals(one.ruleId())
                              && finding.primary().startLine() == one.startLine()
                              && isSameFile(finding.primary().path(), one.path()));
      if (!again) {
        paths
            .computeIfAbsent(List.of(one.ruleId(), name(one.path())), any -> new HashSet<>())
            .add(one.path());
      }
    }
    return new LookedAt(true, Set.copyOf(rules), paths);
  }

  private static List<Object> kind(Finding finding, int line) {
    return List.of(finding.ruleId(), name(finding.primary().path()), line);
  }

  /** Whether the review would have found it. */
  boolean at(Finding gone) {
    String path = gone.primary().path();
    return everything
        && (rules.isEmpty() || rules.contains(gone.ruleId()))
        && refused.getOrDefault(List.of(gone.ruleId(), name(path)), Set.of()).stream()
            .noneMatch(other -> isSameFile(path, other));
  }

  /** An agent names files from the subpath, from the root, or from its own root. */
  private static boolean isSameFile(String path, String other) {
    String plain = other.startsWith("./") ? other.substring(2) : other;
    return path.equals(plain) || path.endsWith("/" + plain) || plain.endsWith("/" + path);
  }

  private static String name(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }
}
