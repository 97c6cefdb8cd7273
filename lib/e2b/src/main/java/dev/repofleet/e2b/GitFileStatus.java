package dev.repofleet.e2b;

import org.jspecify.annotations.Nullable;

/**
 * A file that is not as the last commit has it.
 *
 * @param path relative to the repository's top, as its bytes are in UTF-8
 * @param staged what would be committed
 * @param unstaged what would not yet
 * @param from the path before it was renamed or copied; null if it was not
 */
public record GitFileStatus(
    String path, GitChange staged, GitChange unstaged, @Nullable String from) {

  /** Whether a merge left both sides in it. */
  public boolean isConflict() {
    return staged == GitChange.UNMERGED || unstaged == GitChange.UNMERGED;
  }
}
