package dev.repofleet.artifacts;

import org.jspecify.annotations.Nullable;

/**
 * Files that were not reviewed.
 *
 * @param pattern a path or glob
 * @param reason why
 */
public record Exclusion(String pattern, @Nullable String reason) {
  /** Refuses an empty pattern. */
  public Exclusion {
    Parts.text(pattern, "pattern of an exclusion");
  }
}
