package dev.repofleet.workflows.batch;

import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.Excerpt;
import dev.repofleet.workflows.Payload;
import org.jspecify.annotations.Nullable;

/**
 * What a batch would begin with a target now.
 *
 * @param index in the manifest, from 0
 * @param commit that would be reviewed; absent when it can't be told
 * @param unchangedSince the batch whose result stands in; absent when a review would be run
 * @param cause why the commit can't be told; absent else
 * @param problem the cause in a sentence, at most {@value #MAX_PROBLEM} characters; there exactly
 *     when the cause is
 * @param base commit with which it would be compared, so that only what differs is reviewed; absent
 *     when everything would be
 */
@Payload
public record TargetLook(
    int index,
    @Nullable String commit,
    @Nullable String unchangedSince,
    @Nullable Cause cause,
    @Nullable String problem,
    @Nullable String base) {

  /** A thousand of them must fit a workflow's result. */
  public static final int MAX_PROBLEM = 240;

  public TargetLook {
    if ((commit == null) != (cause != null) || (cause == null) != (problem == null)) {
      throw new IllegalArgumentException(
          "target " + index + " must have either a commit or a cause with its problem");
    }
    problem = problem == null ? null : Excerpt.of(problem, MAX_PROBLEM);
  }
}
