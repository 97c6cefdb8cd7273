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
 */
public record WantedTarget(
    TargetSpec spec, CanonicalTarget canonical, String key, @Nullable LocalCommit commit) {
  /** Refuses absent parts. */
  public WantedTarget {
    Objects.requireNonNull(spec, "spec");
    Objects.requireNonNull(canonical, "canonical");
    Objects.requireNonNull(key, "key");
  }
}
