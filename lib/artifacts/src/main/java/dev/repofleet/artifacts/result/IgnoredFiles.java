package dev.repofleet.artifacts.result;

import dev.repofleet.artifacts.Parts;
import org.jspecify.annotations.Nullable;

/**
 * What the repository's own {@code .reviewignore} keeps out of its review. Whoever can change the
 * repository can hide code with it, so it is told wherever the review is.
 *
 * @param files it leaves out, below the subpath if there is one
 * @param rules patterns it has; the first 50 are among {@link Coverage#exclusions}
 * @param findingsDropped findings that the agent reported there all the same
 * @param unheeded why it was not followed, in a sentence; absent when it was
 */
public record IgnoredFiles(int files, int rules, int findingsDropped, @Nullable String unheeded) {
  /** Refuses negative counts. */
  public IgnoredFiles {
    Parts.notNegative(files, "files");
    Parts.notNegative(rules, "rules");
    Parts.notNegative(findingsDropped, "findingsDropped");
  }
}
