package dev.repofleet.artifacts.result;

import dev.repofleet.artifacts.Parts;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What of one repository's result stands at its forge: {@code published.json}.
 *
 * @param schemaVersion of this file, {@link #SCHEMA_VERSION}
 * @param batch id
 * @param key of the repository
 * @param target as the person typed it
 * @param treeHash of the tree that the branch has
 * @param branch that was pushed, without {@code refs/heads/}; absent when none was
 * @param commit that the branch had then
 * @param pullRequest absent when there is none
 * @param sarif absent when none was uploaded
 * @param problems why something that was asked for is not there
 * @param at when it was last looked at
 */
public record Published(
    int schemaVersion,
    String batch,
    String key,
    String target,
    @Nullable String treeHash,
    @Nullable String branch,
    @Nullable String commit,
    @Nullable PullRequest pullRequest,
    @Nullable Sarif sarif,
    List<String> problems,
    Instant at) {
  /** The version that this program writes. */
  public static final int SCHEMA_VERSION = 1;

  /** How many bytes of one are read at most. */
  public static final long MAX_BYTES = 1L << 20;

  /** Refuses another schema version and what belongs to no repository. */
  public Published {
    Parts.schemaVersion(schemaVersion, SCHEMA_VERSION);
    Parts.text(batch, "batch");
    Parts.text(key, "key");
    Parts.text(target, "target");
    problems = Parts.list(problems);
    Objects.requireNonNull(at, "at is missing");
  }

  /** Nothing of a result is there. */
  public static Published nothing(RepositoryResult result, Instant at) {
    return new Published(
        SCHEMA_VERSION,
        result.batch(),
        result.key(),
        result.target(),
        null,
        null,
        null,
        null,
        null,
        List.of(),
        at);
  }

  /** The same with a branch. */
  public Published withBranch(String name, String itsCommit, @Nullable String itsTree) {
    return new Published(
        schemaVersion,
        batch,
        key,
        target,
        itsTree,
        name,
        itsCommit,
        pullRequest,
        sarif,
        problems,
        at);
  }

  /** The same with a pull request as it is now. */
  public Published with(PullRequest now) {
    return new Published(
        schemaVersion, batch, key, target, treeHash, branch, commit, now, sarif, problems, at);
  }

  /** The same with uploaded findings. */
  public Published with(Sarif uploaded) {
    return new Published(
        schemaVersion,
        batch,
        key,
        target,
        treeHash,
        branch,
        commit,
        pullRequest,
        uploaded,
        problems,
        at);
  }

  /** The same as it was seen just now, with what stands against the rest. */
  public Published seen(List<String> newProblems, Instant now) {
    return new Published(
        schemaVersion,
        batch,
        key,
        target,
        treeHash,
        branch,
        commit,
        pullRequest,
        sarif,
        newProblems,
        now);
  }

  /** Whether anything is there. */
  public boolean isAnything() {
    return branch != null || pullRequest != null || sarif != null;
  }

  /**
   * A pull request.
   *
   * @param number of it in its repository
   * @param url of its page
   * @param state {@code open}, {@code merged} or {@code closed}
   * @param checks {@code success}, {@code failure}, {@code pending}; absent: there are none
   */
  public record PullRequest(int number, String url, String state, @Nullable String checks) {
    /** Refuses one without page or state. */
    public PullRequest {
      Parts.text(url, "url of a pull request");
      Parts.text(state, "state of a pull request");
    }
  }

  /**
   * An upload to code scanning.
   *
   * @param id of the upload
   * @param sha256 of the file
   * @param commit it is about
   * @param ref it is about
   * @param state {@code pending}, {@code complete} or {@code failed}
   */
  public record Sarif(String id, String sha256, String commit, String ref, String state) {
    /** Refuses one without id or state. */
    public Sarif {
      Parts.text(id, "id of an upload");
      Parts.text(state, "state of an upload");
    }
  }
}
