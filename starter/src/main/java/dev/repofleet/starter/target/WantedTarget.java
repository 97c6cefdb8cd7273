package dev.repofleet.starter.target;

import dev.repofleet.artifacts.target.CanonicalTarget;
import dev.repofleet.artifacts.target.TargetSpec;
import dev.repofleet.starter.plan.PlanOverrides;
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
 * @param overrides of the batch's plan
 */
public record WantedTarget(
    TargetSpec spec,
    CanonicalTarget canonical,
    String key,
    @Nullable LocalCommit commit,
    @Nullable Unusable unusable,
    PlanOverrides overrides) {
  /** Refuses absent parts, and a commit beside the reason why there is none. */
  public WantedTarget {
    Objects.requireNonNull(spec, "spec");
    Objects.requireNonNull(canonical, "canonical");
    Objects.requireNonNull(key, "key");
    Objects.requireNonNull(overrides, "overrides");
    if (commit != null && unusable != null) {
      throw new IllegalArgumentException("target " + key + " has a commit and is unusable");
    }
  }

  /** Whether one review does for both. */
  boolean isSameAs(WantedTarget other) {
    return canonical.canonical().equals(other.canonical.canonical())
        && Objects.equals(spec.ref(), other.spec.ref())
        && Objects.equals(spec.subpath(), other.spec.subpath())
        && overrides.equals(other.overrides);
  }
}
