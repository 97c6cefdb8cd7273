package dev.repofleet.workflows.activities.review;

import dev.repofleet.workflows.Payload;
import dev.repofleet.workflows.SeverityCounts;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The judged answer.
 *
 * @param verdict on the whole
 * @param problem what is wrong with it, for people and for the repair, at most 500 characters
 * @param reviewUri of the checked findings, coverage and summary; absent unless valid
 * @param findings by severity
 * @param refused findings that named a file or a line that does not exist at the commit, or a file
 *     that {@code .reviewignore} leaves out
 */
@Payload
public record ReviewOutcome(
    Verdict verdict,
    @Nullable String problem,
    @Nullable String reviewUri,
    SeverityCounts findings,
    int refused) {

  /** What an answer is worth. */
  public enum Verdict {
    VALID,
    /** There is an answer, and it does not meet the schema. */
    INVALID,
    /** There is none. */
    MISSING
  }

  public ReviewOutcome {
    Objects.requireNonNull(verdict, "verdict");
    Objects.requireNonNull(findings, "findings");
  }
}
