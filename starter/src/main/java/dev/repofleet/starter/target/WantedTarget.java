package dev.repofleet.starter.target;

import dev.repofleet.artifacts.CanonicalTarget;
import dev.repofleet.artifacts.TargetSpec;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A target that was understood.
 *
 * @param spec what was typed
 * @param canonical the one spelling of its repository
 * @param key of its workflow and folder
 * @param commit of a path target, which is on this machine; absent for a URL
 * @param unusable why a path target has no such commit; absent else
 */
public record WantedTarget(
    TargetSpec spec,
    CanonicalTarget canonical,
    String key,
    @Nullable LocalCommit commit,
    @Nullable Unusable unusable) {
  /** Refuses absent parts, and a commit beside the reason why there is none. */
  public WantedTarget {
    Objects.requireNonNull(spec, "spec");
    Objects.requireNonNull(canonical, "canonical");
    Objects.requireNonNull(key, "key");
    if (commit != null && unusable != null) {
      throw new IllegalArgumentException("target " + key + " has a commit and is unusable");
    }
  }
}
