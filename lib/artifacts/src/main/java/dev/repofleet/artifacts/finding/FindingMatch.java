package dev.repofleet.artifacts.finding;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Which findings of two results of one repository are the same, by what they are about: words and
 * line numbers don't count. Each is the same as one other at most; the surest ways come first.
 * Immutable.
 */
public final class FindingMatch {
  private final IdentityHashMap<Finding, Finding> earlier = new IdentityHashMap<>();
  private final List<Finding> gone;

  private FindingMatch(List<Finding> before, List<Finding> after) {
    List<Finding> left = new ArrayList<>(before);
    List<Finding> open = new ArrayList<>(after);
    pair(left, open, finding -> both(finding.fingerprint(), snippet(finding)));
    pair(left, open, finding -> both(place(finding), snippet(finding)));
    pair(left, open, Finding::fingerprint);
    // A file that was moved, and not one line of it that stands elsewhere as well.
    pairUnique(left, open, finding -> both(file(finding), snippet(finding)));
    gone = List.copyOf(left);
  }

  /** Compares two results. */
  public static FindingMatch of(List<Finding> before, List<Finding> after) {
    return new FindingMatch(before, after);
  }

  /**
   * What a finding was in the earlier result; empty where it is new.
   *
   * @param finding of the later result
   */
  public Optional<Finding> earlier(Finding finding) {
    return Optional.ofNullable(earlier.get(finding));
  }

  /** Those of the earlier result that the later one does not have, in their order. */
  public List<Finding> gone() {
    return gone;
  }

  private void pair(
      List<Finding> left, List<Finding> open, Function<Finding, @Nullable String> key) {
    Map<String, Deque<Finding>> known = new HashMap<>();
    for (Finding finding : left) {
      String name = key.apply(finding);
      if (name != null) {
        known.computeIfAbsent(name, any -> new ArrayDeque<>()).add(finding);
      }
    }
    IdentityHashMap<Finding, Boolean> taken = new IdentityHashMap<>();
    open.removeIf(
        finding -> {
          String name = key.apply(finding);
          Deque<Finding> same = name == null ? null : known.get(name);
          Finding match = same == null ? null : same.poll();
          if (match == null) {
            return false;
          }
          earlier.put(finding, match);
          taken.put(match, true);
          return true;
        });
    left.removeIf(taken::containsKey);
  }

  private void pairUnique(
      List<Finding> left, List<Finding> open, Function<Finding, @Nullable String> key) {
    Map<String, Integer> counts = new HashMap<>();
    for (List<Finding> side : List.of(left, open)) {
      Map<String, Integer> own = new HashMap<>();
      for (Finding finding : side) {
        String name = key.apply(finding);
        if (name != null) {
          own.merge(name, 1, Integer::sum);
        }
      }
      own.forEach((name, count) -> counts.merge(name, count, Math::max));
    }
    pair(
        left,
        open,
        finding -> {
          String name = key.apply(finding);
          return name != null && counts.getOrDefault(name, 0) == 1 ? name : null;
        });
  }

  private static String file(Finding finding) {
    String path = finding.primary().path();
    return finding.ruleId() + '\n' + path.substring(path.lastIndexOf('/') + 1);
  }

  private static String place(Finding finding) {
    return finding.ruleId() + '\n' + finding.primary().path();
  }

  private static @Nullable String snippet(Finding finding) {
    return finding.primary().snippetHash();
  }

  private static @Nullable String both(@Nullable String one, @Nullable String other) {
    return one == null || other == null ? null : one + '\n' + other;
  }
}
