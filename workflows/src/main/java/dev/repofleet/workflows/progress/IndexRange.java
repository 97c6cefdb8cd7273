package dev.repofleet.workflows.progress;

import dev.repofleet.workflows.Payload;

/**
 * Neighbouring positions in a batch's targets.
 *
 * @param from the first, from 0
 * @param to the one behind the last
 */
@Payload
public record IndexRange(int from, int to) {
  public IndexRange {
    if (from < 0 || to <= from) {
      throw new IllegalArgumentException("targets " + from + " to " + to + " are no range");
    }
  }

  /** Whether it holds the position. */
  public boolean contains(int index) {
    return from <= index && index < to;
  }
}
