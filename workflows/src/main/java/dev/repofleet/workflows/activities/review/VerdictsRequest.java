package dev.repofleet.workflows.activities.review;

import dev.repofleet.workflows.Payload;
import dev.repofleet.workflows.PlanRef;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a verification said of which findings.
 *
 * @param plan which says what findings it was to try
 * @param reviewUri of the judged findings that it was given
 * @param answerUri of its structured answer; absent when it gave none
 */
@Payload
public record VerdictsRequest(
    String batch, String key, PlanRef plan, String reviewUri, @Nullable String answerUri) {
  public VerdictsRequest {
    Objects.requireNonNull(plan, "plan");
    Objects.requireNonNull(reviewUri, "reviewUri");
  }
}
