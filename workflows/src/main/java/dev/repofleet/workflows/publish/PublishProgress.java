package dev.repofleet.workflows.publish;

import dev.repofleet.workflows.Payload;
import dev.repofleet.workflows.activities.PublishOutcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * How many repositories came to what: answer of the query {@code progress}, and result.
 *
 * @param options with which this publishing was started
 * @param written something was written for them now, or would be
 * @param already all that was asked for was there
 * @param nothing there was nothing to publish
 * @param refused something was not written, for good
 * @param failed what could not be done by many attempts
 * @param problems sentences about the latest of those that failed, at most {@value #MAX_PROBLEMS}
 */
@Payload
public record PublishProgress(
    PublishOptions options,
    int written,
    int already,
    int nothing,
    int refused,
    int failed,
    List<String> problems) {
  static final int MAX_PROBLEMS = 20;

  public PublishProgress {
    Objects.requireNonNull(options, "options");
    problems = List.copyOf(problems);
  }

  /** Before anything is done. */
  public static PublishProgress none(PublishOptions options) {
    return new PublishProgress(options, 0, 0, 0, 0, 0, List.of());
  }

  /** How many have been seen to. */
  public int done() {
    return written + already + nothing + refused + failed;
  }

  PublishProgress and(PublishOutcome.Status status) {
    return new PublishProgress(
        options,
        written + (status == PublishOutcome.Status.WRITTEN ? 1 : 0),
        already + (status == PublishOutcome.Status.ALREADY ? 1 : 0),
        nothing + (status == PublishOutcome.Status.NOTHING ? 1 : 0),
        refused + (status == PublishOutcome.Status.REFUSED ? 1 : 0),
        failed,
        problems);
  }

  PublishProgress andFailure(String problem) {
    List<String> latest = new ArrayList<>(problems);
    latest.add(problem);
    return new PublishProgress(
        options,
        written,
        already,
        nothing,
        refused,
        failed + 1,
        latest.subList(Math.max(0, latest.size() - MAX_PROBLEMS), latest.size()));
  }
}
