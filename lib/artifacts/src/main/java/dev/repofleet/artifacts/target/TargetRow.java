package dev.repofleet.artifacts.target;

import dev.repofleet.artifacts.ArtifactRef;
import dev.repofleet.artifacts.Parts;
import dev.repofleet.artifacts.Sha256;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One target of a batch: a row of its manifest.
 *
 * @param index position in the input, from 0
 * @param key the repository's key, see {@link TargetKey}
 * @param target as the person typed it, without what is not fit for a terminal
 * @param kind decides which of the parts below must be there
 * @param url of a {@code git} target
 * @param ref branch, tag or commit that was asked for; absent: the default branch
 * @param subpath the folder to review; absent: all
 * @param commit of a {@code bundle} target: its head, pinned
 * @param bundle of a {@code bundle} target
 * @param host lower-case, with a port that is not the default; absent for a path
 * @param owner all of the path before the name; absent for a path
 * @param name of the repository
 * @param cause of an {@code unusable} target, as a code such as {@code git_not_found}; absent else
 * @param problem of an {@code unusable} target, a sentence for people; absent else
 * @param plan of this row in place of the batch's; absent: the batch's
 * @param repository which one a path's is, without telling where it lies: {@code path:} and 16 hex
 *     digits of the SHA-256 of {@link CanonicalTarget#canonical}; absent for a URL, and in
 *     manifests of before it was kept
 */
public record TargetRow(
    int index,
    String key,
    String target,
    TargetKind kind,
    @Nullable String url,
    @Nullable String ref,
    @Nullable String subpath,
    @Nullable String commit,
    @Nullable ArtifactRef bundle,
    @Nullable String host,
    @Nullable String owner,
    @Nullable String name,
    @Nullable String cause,
    @Nullable String problem,
    @Nullable TargetPlan plan,
    @Nullable String repository) {
  private static final int PATH_DIGITS = 16;

  /** Refuses a row that lacks what its kind needs. */
  public TargetRow {
    Parts.notNegative(index, "index");
    Parts.text(key, "key");
    Parts.text(target, "target");
    Objects.requireNonNull(kind, "kind is missing");
    switch (kind) {
      case GIT -> Parts.text(url, "url of git target " + key);
      case BUNDLE -> {
        Parts.text(commit, "commit of bundle target " + key);
        Objects.requireNonNull(bundle, "bundle of target " + key + " is missing");
      }
      case UNUSABLE -> {
        Parts.text(cause, "cause of unusable target " + key);
        Parts.text(problem, "problem of unusable target " + key);
      }
    }
    if (kind != TargetKind.UNUSABLE && (cause != null || problem != null)) {
      throw new IllegalArgumentException(
          "target " + key + " has a cause or a problem, but is not unusable");
    }
  }

  /** A row for a target that can be reviewed as the batch's plan says. */
  public TargetRow(
      int index,
      String key,
      String target,
      TargetKind kind,
      @Nullable String url,
      @Nullable String ref,
      @Nullable String subpath,
      @Nullable String commit,
      @Nullable ArtifactRef bundle,
      @Nullable String host,
      @Nullable String owner,
      @Nullable String name) {
    this(
        index, key, target, kind, url, ref, subpath, commit, bundle, host, owner, name, null, null,
        null, null);
  }

  /** The same row with a plan of its own. */
  public TargetRow withPlan(TargetPlan own) {
    return new TargetRow(
        index,
        key,
        target,
        kind,
        url,
        ref,
        subpath,
        commit,
        bundle,
        host,
        owner,
        name,
        cause,
        problem,
        own,
        repository);
  }

  /** The same target at another position. */
  public TargetRow at(int position) {
    return new TargetRow(
        position,
        key,
        target,
        kind,
        url,
        ref,
        subpath,
        commit,
        bundle,
        host,
        owner,
        name,
        cause,
        problem,
        plan,
        repository);
  }

  /** A row for a repository that workers clone. */
  public static TargetRow git(int index, String key, TargetSpec spec, CanonicalTarget canonical) {
    return new TargetRow(
        index,
        key,
        spec.target(),
        TargetKind.GIT,
        spec.url(),
        spec.ref(),
        spec.subpath(),
        null,
        null,
        canonical.host(),
        canonical.owner(),
        canonical.name());
  }

  /** A row for a path on the starter's machine, whose commit is in a bundle. */
  public static TargetRow bundle(
      int index,
      String key,
      TargetSpec spec,
      CanonicalTarget canonical,
      String commit,
      ArtifactRef bundle) {
    return new TargetRow(
        index,
        key,
        spec.target(),
        TargetKind.BUNDLE,
        null,
        spec.ref(),
        spec.subpath(),
        commit,
        bundle,
        null,
        null,
        canonical.name(),
        null,
        null,
        null,
        "path:" + Sha256.ofText(canonical.canonical()).substring(0, PATH_DIGITS));
  }

  /** A row for a path on the starter's machine that has nothing to review. */
  public static TargetRow unusable(
      int index,
      String key,
      TargetSpec spec,
      CanonicalTarget canonical,
      String cause,
      String problem) {
    return new TargetRow(
        index,
        key,
        spec.target(),
        TargetKind.UNUSABLE,
        null,
        spec.ref(),
        spec.subpath(),
        null,
        null,
        null,
        null,
        canonical.name(),
        cause,
        problem,
        null,
        null);
  }
}
