package dev.repofleet.starter.review;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.repofleet.artifacts.Finding;
import java.util.Objects;

/**
 * A finding of a batch, with what people decided of it by now.
 *
 * @param target whose it is
 * @param key of that repository
 * @param finding as in its result, but for the decision
 */
public record FoundFinding(String target, String key, Finding finding) {
  private static final int SHORT = 12;

  /** The beginning of its fingerprint: enough to name it, and short enough to type. */
  @JsonIgnore
  public String name() {
    return Objects.requireNonNullElse(finding.fingerprint(), "").substring(0, SHORT);
  }

  /** Whether a person's decision holds for it. */
  @JsonIgnore
  public boolean isSuppressed() {
    return finding.suppression() != null;
  }
}
