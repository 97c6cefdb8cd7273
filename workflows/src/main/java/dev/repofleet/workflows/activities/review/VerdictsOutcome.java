package dev.repofleet.workflows.activities.review;

import dev.repofleet.workflows.Payload;
import dev.repofleet.workflows.SeverityCounts;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The findings with their verdicts.
 *
 * @param reviewUri in place of the one that was judged
 * @param findings by severity, without the rejected ones
 * @param confirmed how many were seen to be true
 * @param rejected how many were seen to be false
 * @param left how many were to be tried and are as unverified as before
 * @param problem why no verdict counts, in a sentence; absent where they do
 */
@Payload
public record VerdictsOutcome(
    String reviewUri,
    SeverityCounts findings,
    int confirmed,
    int rejected,
    int left,
    @Nullable String problem) {
  public VerdictsOutcome {
    Objects.requireNonNull(reviewUri, "reviewUri");
    Objects.requireNonNull(findings, "findings");
  }
}
