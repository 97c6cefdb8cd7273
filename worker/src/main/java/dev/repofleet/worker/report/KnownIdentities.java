package dev.repofleet.worker.report;

import dev.repofleet.artifacts.Sha256;
import dev.repofleet.artifacts.finding.Finding;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What findings stay known by. A fingerprint has a number in it where one place has several of a
 * kind, and so changes when an earlier one of them goes or comes; a decision goes by the first one.
 * For the findings of one result, by one thread.
 */
final class KnownIdentities {
  private final Set<String> taken = new HashSet<>();

  /**
   * @param known findings of the result before, and those it knew of
   */
  KnownIdentities(List<Finding> known) {
    for (Finding finding : known) {
      String identity = finding.identity();
      if (identity != null) {
        taken.add(identity);
      }
    }
  }

  /** Known by what the same one was known by; a new one by what no other is. */
  Finding named(Finding finding, @Nullable Finding earlier) {
    String before = earlier == null ? null : earlier.identity();
    if (before != null) {
      return finding.knownBy(before);
    }
    String identity = finding.identity();
    if (identity == null || finding.carriedFrom() != null) {
      return finding;
    }
    while (!taken.add(identity)) {
      identity = Sha256.ofText(identity);
    }
    return finding.knownBy(identity);
  }
}
