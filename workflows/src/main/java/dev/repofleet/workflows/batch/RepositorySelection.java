package dev.repofleet.workflows.batch;

import dev.repofleet.workflows.Payload;
import java.util.List;

/**
 * Repositories of a batch that a person means.
 *
 * @param indices of their targets, at most {@value #MOST}
 * @param incomplete all besides that ended otherwise than complete or unchanged
 */
@Payload
public record RepositorySelection(List<Integer> indices, boolean incomplete) {

  /** More than anybody names one by one; far below what a message may hold. */
  public static final int MOST = 10_000;

  public RepositorySelection {
    indices = List.copyOf(indices);
  }

  /** These. */
  public static RepositorySelection of(List<Integer> indices) {
    return new RepositorySelection(indices, false);
  }
}
