package dev.repofleet.workflows.activities.git;

import dev.repofleet.workflows.Payload;
import org.jspecify.annotations.Nullable;

/**
 * What the repository's own {@code .reviewignore} files say. Its patterns are a stranger's text:
 * they are in the artifact store.
 *
 * @param files they leave out, within the subpath if there is one
 * @param rules patterns they have
 * @param rulesUri of the first of these; absent when there is none, or none is heeded
 * @param unheeded why they are not followed, so that every file is reviewed; absent when they are
 */
@Payload
public record ReviewIgnore(
    int files, int rules, @Nullable String rulesUri, @Nullable Unheeded unheeded) {

  /** Why {@code .reviewignore} files are not followed. */
  public enum Unheeded {
    /** They are more, or larger, than anybody writes. */
    TOO_LARGE("its .reviewignore files are more than 200, or larger than 256 KiB together"),
    /** Git did not come to an end with their patterns. */
    TOO_SLOW("matching the patterns of its .reviewignore took longer than 10 seconds");

    private final String sentence;

    Unheeded(String sentence) {
      this.sentence = sentence;
    }

    /** For people. */
    public String sentence() {
      return sentence;
    }
  }

  public ReviewIgnore {
    if (files < 0 || rules < 0) {
      throw new IllegalArgumentException("counts of ignored files are not negative");
    }
  }
}
