package dev.repofleet.artifacts;

/**
 * How a repository is cloned.
 *
 * @param depth commits of history, from 1; default 1
 */
public record CloneOptions(int depth) {
  /** One commit. */
  public static final CloneOptions DEFAULTS = new CloneOptions(1);

  /** An absent depth arrives as 0 and becomes 1. */
  public CloneOptions {
    depth = depth == 0 ? 1 : depth;
    Parts.positive(depth, "clone.depth");
  }
}
