package dev.repofleet.workflows.activities.git;

import dev.repofleet.workflows.Payload;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What an incremental review is about. {@code Resolve} says with which commit, {@code Clone} what
 * differs; either may find that all must be reviewed.
 *
 * @param base commit of the last complete result of this review; absent when there is none
 * @param batch in which it was made
 * @param key of the repository in that batch
 * @param filesChanged since then, within the subpath and without ignored files; absent before they
 *     were counted
 * @param fallback why all is reviewed; absent when only what changed is
 * @param changedUri which files changed, in the artifact store; absent where all is reviewed, where
 *     their names are too long together, and in histories of before they were kept
 */
@Payload
public record Incremental(
    @Nullable String base,
    @Nullable String batch,
    @Nullable String key,
    @Nullable Integer filesChanged,
    @Nullable Fallback fallback,
    @Nullable String changedUri) {

  /** Why a review whose plan is incremental is about everything. */
  public enum Fallback {
    /** The first of its kind, or a rehearsal, which stands for nothing. */
    NO_EARLIER_RESULT("there is no earlier complete result of the same review"),
    /**
     * Its batch was deleted, or its {@code review.json} was replaced by one that is not complete.
     */
    EARLIER_RESULT_GONE("the earlier result was deleted, or has changed since"),
    /** {@code --no-cache}. */
    NOT_WANTED("the batch was started with --no-cache, which reviews everything anew"),
    /** A bundle holds one commit alone. */
    TARGET_IS_A_PATH("the target is a path, of which only the commit under review is sent"),
    /** After a force push, mostly. */
    BASE_NOT_FETCHED(
        "the Git host does not give the commit of the earlier result any more, as after a force"
            + " push"),
    /** What was ignored then was never reviewed. */
    REVIEWIGNORE_CHANGED(
        ".reviewignore has changed, so that files may count now which nobody has reviewed"),
    /** More than an agent looks at one by one. */
    TOO_MUCH_CHANGED(
        "more than 500 files have changed, or both commits together are larger than"
            + " limits.repositorySize"),
    /** What surrounds a folder may matter to it, so that it is not skipped. */
    NOTHING_CHANGED("no file under review has changed");

    private final String sentence;

    Fallback(String sentence) {
      this.sentence = sentence;
    }

    /** In results. */
    public String code() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** For people. */
    public String sentence() {
      return sentence;
    }
  }

  /** Refuses one that says nothing. */
  public Incremental {
    if (fallback == null && (base == null || batch == null || key == null)) {
      throw new IllegalArgumentException("an incremental review without base and fallback");
    }
  }

  /** To be compared with this commit. */
  public static Incremental since(String base, String batch, String key) {
    return new Incremental(base, batch, key, null, null, null);
  }

  /** Everything, since there is nothing to compare with. */
  public static Incremental everything(Fallback why) {
    return new Incremental(null, null, null, null, why, null);
  }

  /** The same after so many changes were counted. */
  public Incremental compared(int files) {
    return new Incremental(base, batch, key, files, fallback, null);
  }

  /** The same, with the list of what changed. */
  public Incremental listedAt(String uri) {
    return new Incremental(base, batch, key, filesChanged, fallback, uri);
  }

  /** The same, but everything is reviewed all the same. */
  public Incremental fallingBack(Fallback why) {
    return new Incremental(base, batch, key, filesChanged, why, null);
  }
}
