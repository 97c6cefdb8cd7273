package dev.repofleet.artifacts.plan;

import dev.repofleet.artifacts.Parts;
import org.jspecify.annotations.Nullable;

/**
 * One more prompt in the session of the review.
 *
 * @param prompt what is asked
 * @param when {@code always}, {@code never}, or a comparison over the counts of findings such as
 *     {@code findings.high > 0}; default {@code always}
 * @param approval whether a person must agree first; default {@link Approval#NONE}
 */
public record FollowUp(String prompt, String when, Approval approval) {
  /** Refuses an empty prompt; an absent condition is {@code always}. */
  public FollowUp {
    Parts.text(prompt, "prompt of a follow-up");
    when = blankToAlways(when);
    approval = approval == null ? Approval.NONE : approval;
  }

  private static String blankToAlways(@Nullable String when) {
    return when == null || when.isBlank() ? "always" : when.strip();
  }
}
