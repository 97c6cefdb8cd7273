package dev.repofleet.artifacts.plan;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.repofleet.artifacts.Parts;

/**
 * How a repository is cloned. What is not asked for is not written, so that plans of before there
 * was the choice are the same bytes, by which results are known again.
 *
 * @param depth commits of history, from 1; default 1
 * @param submodules whether its submodules, and theirs, are cloned as well, as far back; default
 *     false: their folders stay empty
 * @param lfs whether files that Git LFS holds are fetched; default false: pointers stand in their
 *     place
 */
public record CloneOptions(
    int depth,
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean submodules,
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean lfs) {
  /** One commit of the repository alone. */
  public static final CloneOptions DEFAULTS = new CloneOptions(1, false, false);

  /** An absent depth arrives as 0 and becomes 1. */
  public CloneOptions {
    depth = depth == 0 ? 1 : depth;
    Parts.positive(depth, "clone.depth");
  }
}
