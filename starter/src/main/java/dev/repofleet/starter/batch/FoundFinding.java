package dev.repofleet.starter.batch;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.repofleet.artifacts.finding.Finding;

/**
 * A finding of a batch, with what people decided of it by now.
 *
 * @param target whose it is
 * @param key of that repository
 * @param finding as in its result, but for the decision
 */
public record FoundFinding(String target, String key, Finding finding) {
  /** What a person names it by. */
  @JsonIgnore
  public String name() {
    return finding.shortName();
  }

  /** Whether a person's decision holds for it. */
  @JsonIgnore
  public boolean isSuppressed() {
    return finding.suppression() != null;
  }
}
