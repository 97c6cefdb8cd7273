package dev.repofleet.artifacts;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A target as {@link TargetParser} understood it.
 *
 * @param kind whether it is fetched from a host or bundled from this machine
 * @param url of a URL target: what Git is given, without {@code @ref} and {@code #subpath}; of a
 *     path target: the path as typed, {@code ~} not expanded
 * @param ref branch, tag or commit; absent: the default branch
 * @param subpath relative, without a closing slash; absent: all
 * @param target the whole as typed, fit for a terminal
 */
public record TargetSpec(
    Kind kind, String url, @Nullable String ref, @Nullable String subpath, String target) {
  /** Refuses absent parts. */
  public TargetSpec {
    Objects.requireNonNull(kind, "kind is missing");
    Parts.text(url, "url");
    Parts.text(target, "target");
  }

  /** Where a target is. */
  public enum Kind {
    /** On a Git host. */
    URL,
    /** A folder on this machine. */
    PATH
  }
}
