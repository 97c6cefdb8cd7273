package dev.repofleet.artifacts.target;

import dev.repofleet.artifacts.Parts;
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

  /** The same with another folder, named as it could have been typed. */
  public TargetSpec withSubpath(@Nullable String other) {
    int hash = subpath == null ? -1 : hash(subpath);
    String head = hash < 0 ? target : target.substring(0, hash);
    return new TargetSpec(
        kind, url, ref, other, other == null ? head : TargetParser.display(head + "#" + other));
  }

  /** Where the folder begins; a path may have a {@code #} of its own, and so may a folder. */
  private int hash(String folder) {
    if (kind == Kind.URL) {
      return target.indexOf('#');
    }
    int exact = target.lastIndexOf("#" + folder);
    return exact < 0 ? target.lastIndexOf('#') : exact;
  }

  /** Where a target is. */
  public enum Kind {
    /** On a Git host. */
    URL,
    /** A folder on this machine. */
    PATH
  }
}
