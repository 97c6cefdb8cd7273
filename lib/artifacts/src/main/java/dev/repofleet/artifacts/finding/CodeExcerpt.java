package dev.repofleet.artifacts.finding;

import dev.repofleet.artifacts.Parts;
import java.util.List;

/**
 * A few lines of a file at the reviewed commit, for a report to show a finding in its code. Long
 * lines are cut, known and found secrets are masked, so it is for reading and proves nothing.
 *
 * @param startLine number of the first line, from 1
 * @param lines at least one, without their ends
 */
public record CodeExcerpt(int startLine, List<String> lines) {
  /** Refuses an excerpt without lines. */
  public CodeExcerpt {
    Parts.positive(startLine, "startLine of an excerpt");
    lines = Parts.list(lines);
    if (lines.isEmpty()) {
      throw new IllegalArgumentException("an excerpt has no lines");
    }
  }
}
