package dev.repofleet.artifacts.finding;

import dev.repofleet.artifacts.Parts;
import org.jspecify.annotations.Nullable;

/**
 * Files that were not reviewed.
 *
 * @param pattern a path or glob
 * @param reason why
 * @param source the {@code .reviewignore} of the repository that says so, by its path; absent where
 *     the agent does
 */
public record Exclusion(String pattern, @Nullable String reason, @Nullable String source) {
  /** Refuses an empty pattern. */
  public Exclusion {
    Parts.text(pattern, "pattern of an exclusion");
  }

  /** What the agent left out. */
  public Exclusion(String pattern, @Nullable String reason) {
    this(pattern, reason, null);
  }
}
