package dev.repofleet.artifacts.result;

import dev.repofleet.artifacts.target.TargetRow;
import org.jspecify.annotations.Nullable;

/**
 * Which repository, and which commit of it, a result is about.
 *
 * @param host absent for a path target
 * @param owner absent for a path target
 * @param name of the repository
 * @param url that was cloned, without credentials; absent for a path target
 * @param ref that was asked for; absent: the default branch
 * @param commit the pinned commit; absent when it was never resolved
 * @param subpath absent: the whole repository
 * @param resolvedRef full name of the branch or tag that the commit was found under, of a bare
 *     commit any that points there; absent where there is none, where it was never resolved, and in
 *     results of before it was kept
 */
public record RepositoryInfo(
    @Nullable String host,
    @Nullable String owner,
    @Nullable String name,
    @Nullable String url,
    @Nullable String ref,
    @Nullable String commit,
    @Nullable String subpath,
    @Nullable String resolvedRef) {
  /** What the manifest knows, and the commit that was pinned. */
  public static RepositoryInfo of(TargetRow row, @Nullable String commit) {
    return new RepositoryInfo(
        row.host(),
        row.owner(),
        row.name(),
        row.url(),
        row.ref(),
        commit == null ? row.commit() : commit,
        row.subpath(),
        null);
  }

  /** What was reviewed, by its full name where none was asked for; absent where nobody knows. */
  public @Nullable String reviewedRef() {
    return ref == null ? resolvedRef : ref;
  }
}
