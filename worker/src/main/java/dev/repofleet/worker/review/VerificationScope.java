package dev.repofleet.worker.review;

import dev.repofleet.artifacts.finding.Finding;
import dev.repofleet.artifacts.finding.Severity;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which findings a verification is given. The same findings and plan always give the same.
 *
 * @param chosen the most severe ones first
 * @param left those that are severe enough as well, and too many
 */
public record VerificationScope(List<Finding> chosen, List<Finding> left) {
  /** One session that reads the code for each of them has enough to do with these. */
  static final int MOST = 50;

  /** Copies its lists. */
  public VerificationScope {
    chosen = List.copyOf(chosen);
    left = List.copyOf(left);
  }

  /**
   * Chooses from a review's findings.
   *
   * @param least severity; absent: none are chosen
   */
  public static VerificationScope of(List<Finding> findings, @Nullable Severity least) {
    List<Finding> wanted =
        least == null
            ? List.of()
            : findings.stream()
                .filter(finding -> finding.severity().level().compareTo(least) <= 0)
                .sorted(Comparator.comparing(finding -> finding.severity().level()))
                .toList();
    int chosen = Math.min(MOST, wanted.size());
    return new VerificationScope(wanted.subList(0, chosen), wanted.subList(chosen, wanted.size()));
  }
}
