package dev.repofleet.workflows.activities.git;

import dev.repofleet.workflows.Payload;
import dev.repofleet.workflows.SeverityCounts;
import java.util.Objects;

/**
 * A complete result of the very same review, which need not be run again.
 *
 * @param batch in which it was run
 * @param key of the repository in that batch
 * @param reviewUri of a copy of its {@code review.json} that stays, whatever becomes of that batch
 * @param findings by severity
 */
@Payload
public record EarlierResult(String batch, String key, String reviewUri, SeverityCounts findings) {
  public EarlierResult {
    Objects.requireNonNull(batch, "batch");
    Objects.requireNonNull(key, "key");
    Objects.requireNonNull(reviewUri, "reviewUri");
    Objects.requireNonNull(findings, "findings");
  }
}
