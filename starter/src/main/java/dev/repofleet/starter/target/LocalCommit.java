package dev.repofleet.starter.target;

import dev.repofleet.artifacts.ArtifactRef;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.target.TargetSpec;
import dev.repofleet.workflows.Cause;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * One commit of a repository on this machine, pinned. Immutable.
 *
 * <p>Of the repository only its objects and names are read: its settings, hooks, filters and
 * working tree have no say in what is sent.
 *
 * @param repository real path of the repository
 * @param id full object name of the commit
 * @param head whether it is what was checked out, rather than a reference that was asked for
 */
public record LocalCommit(Path repository, String id, boolean head) {
  /** Reading names takes milliseconds; a network file system may be slow. */
  private static final Duration QUICK = Duration.ofSeconds(30);

  /** Long enough for some gigabytes. */
  private static final Duration SLOW = Duration.ofMinutes(15);

  /** The folders of a repository with a million files, thrice. */
  private static final int MAX_FOLDERS_BYTES = 64 << 20;

  private static final String TREE = " tree ";

  /** What was left lying in the working tree is a remark, not worth waiting for. */
  private static final Duration REMARK = Duration.ofSeconds(20);

  /**
   * Finds the commit of a path target.
   *
   * @param path real path of the folder
   * @throws NoRepositoryException when the folder is none and lies in none
   * @throws TargetException when the folder lies inside a repository
   * @throws UnusableTargetException when the repository has no commit, or lacks the reference or
   *     the folder that was asked for
   */
  static LocalCommit find(GitCommand git, TargetSpec spec, Path path)
      throws UnusableTargetException {
    requireRepository(git, spec, path);
    String ref = spec.ref();
    GitCommand.Result commit =
        ask(
            git,
            spec,
            path,
            "rev-parse",
            "--verify",
            "--quiet",
            "--end-of-options",
            (ref == null ? "HEAD" : ref) + "^{commit}");
    if (!commit.succeeded() || commit.line().isEmpty()) {
      throw withoutCommit(git, spec, path);
    }
    String id = commit.line();
    String subpath = spec.subpath();
    if (subpath != null
        && !ask(git, spec, path, "cat-file", "-t", id + ":" + subpath).line().equals("tree")) {
      throw new UnusableTargetException(
          Cause.GIT_NOT_FOUND,
          "'"
              + spec.target()
              + "' has no folder '"
              + subpath
              + "' in commit "
              + id.substring(0, 12));
    }
    return new LocalCommit(path, id, ref == null);
  }

  private static void requireRepository(GitCommand git, TargetSpec spec, Path path) {
    GitCommand.Result known = ask(git, spec, path, "rev-parse", "--show-prefix");
    if (!known.succeeded()) {
      throw new NoRepositoryException(
          "'"
              + spec.target()
              + "' is not a Git repository: run `git init` and commit there, or name"
              + " another path");
    }
    if (!known.line().isEmpty()) {
      String place = path.toString();
      String folder = known.line().replaceFirst("/$", "");
      String root = place.substring(0, Math.max(1, place.length() - folder.length() - 1));
      throw new TargetException(
          "'"
              + spec.target()
              + "' is a folder inside the repository "
              + root
              + ": write "
              + root
              + "#"
              + folder);
    }
  }

  /** The causes are those of a repository on a host, which the worker asks. */
  private static UnusableTargetException withoutCommit(GitCommand git, TargetSpec spec, Path path) {
    String ref = spec.ref();
    String target = "'" + spec.target() + "'";
    boolean head = ask(git, spec, path, "rev-parse", "--verify", "--quiet", "HEAD").succeeded();
    if (!head && ask(git, spec, path, "for-each-ref", "--count=1").line().isEmpty()) {
      return new UnusableTargetException(
          Cause.REPOSITORY_EMPTY, target + " has no commit yet: commit something there first");
    }
    return new UnusableTargetException(
        Cause.GIT_NOT_FOUND,
        ref == null
            ? target + " has no commit on its current branch: name another one with @BRANCH"
            : target + " has no branch, tag or commit '" + ref + "'");
  }

  /** A command that only reads; silence is no answer, and says nothing about the repository. */
  private static GitCommand.Result ask(
      GitCommand git, TargetSpec spec, Path path, String... arguments) {
    GitCommand.Result result =
        git.run(QUICK, null, with(List.of("-C", path.toString()), arguments));
    if (result.exit() < 0) {
      throw new TargetException("'" + spec.target() + "' can't be read: " + result.complaint());
    }
    return result;
  }

  /**
   * The folders of the commit below one of its folders, at every depth; submodules are none.
   *
   * @param base the folder to begin at; empty for the root
   * @return paths from the root on; none when there is no such folder
   * @throws TargetException when there are more than can be listed, or Git does not answer
   */
  List<String> folders(GitCommand git, TargetSpec spec, String base) {
    GitCommand.Result listed =
        git.run(
            SLOW,
            null,
            MAX_FOLDERS_BYTES,
            List.of("-C", repository.toString(), "ls-tree", "-r", "-d", "-z", id + ":" + base));
    boolean cut = !listed.out().isEmpty() && !listed.out().endsWith("\0");
    if (listed.exit() < 0 || cut) {
      throw new TargetException(
          "the folders of '" + spec.target() + "' can't be listed: " + listed.complaint());
    }
    return Arrays.stream(listed.out().split("\0"))
        .filter(entry -> entry.contains(TREE) && entry.indexOf('\t') > entry.indexOf(TREE))
        .map(entry -> (base.isEmpty() ? "" : base + "/") + entry.substring(entry.indexOf('\t') + 1))
        .toList();
  }

  /**
   * Puts the commit, without its history, into the store as a Git bundle of {@code HEAD}.
   *
   * <p>Not a clone: that takes branches and tags only, and the commit may be neither.
   *
   * @throws TargetException when Git can't read the commit whole
   */
  Bundled bundle(GitCommand git, ArtifactStore store) {
    Path bare = git.folder().resolve("bare");
    Path file = git.folder().resolve("bundle");
    try {
      String folder = bare.toString();
      must(git.run(QUICK, null, List.of("init", "-q", "--bare", "--template=", folder)));
      must(
          git.run(
              SLOW,
              null,
              List.of(
                  "-C",
                  folder,
                  "fetch",
                  "-q",
                  "--depth=1",
                  "--no-tags",
                  "--no-write-fetch-head",
                  "--",
                  repository.toString(),
                  id + ":refs/heads/reviewed")));
      must(
          git.run(
              QUICK, null, List.of("-C", folder, "symbolic-ref", "HEAD", "refs/heads/reviewed")));
      boolean dirty = head && isDirty(git, folder);
      must(
          git.run(
              SLOW,
              null,
              List.of("-C", folder, "bundle", "create", "-q", file.toString(), "HEAD")));
      return new Bundled(store.put(file), dirty);
    } finally {
      Folders.delete(bare);
      Folders.delete(file);
    }
  }

  private void must(GitCommand.Result result) {
    if (!result.succeeded()) {
      throw new TargetException(
          "commit "
              + id.substring(0, 12)
              + " of "
              + repository
              + " can't be bundled: "
              + result.complaint());
    }
  }

  /**
   * Whether the working tree differs from the commit. Asked of the copy, whose settings are ours:
   * the repository's own could name programs to run on every file.
   */
  private boolean isDirty(GitCommand git, String bare) {
    if (!Files.exists(repository.resolve(".git"))) {
      return false;
    }
    Path index = git.folder().resolve("index");
    List<String> prefix =
        List.of("--git-dir=" + bare, "--work-tree=" + repository, "-c", "core.bare=false");
    try {
      if (!git.run(QUICK, index, with(prefix, "read-tree", "HEAD")).succeeded()) {
        return false;
      }
      // Fills in the files' times; it fails when a file has changed, which the next command tells.
      git.run(REMARK, index, with(prefix, "update-index", "-q", "--refresh"));
      GitCommand.Result changed =
          git.run(REMARK, index, with(prefix, "diff-files", "--quiet", "--ignore-submodules=all"));
      if (changed.exit() == 1) {
        return true;
      }
      return !git.run(
              REMARK,
              index,
              with(
                  prefix,
                  "ls-files",
                  "--others",
                  "--exclude-standard",
                  "--directory",
                  "--no-empty-directory"))
          .line()
          .isEmpty();
    } finally {
      Folders.delete(index);
    }
  }

  private static List<String> with(List<String> prefix, String... more) {
    return Stream.concat(prefix.stream(), Arrays.stream(more)).toList();
  }

  /**
   * A commit in the store.
   *
   * @param bundle what workers fetch from
   * @param dirty whether the working tree has changes that are not part of it
   */
  record Bundled(ArtifactRef bundle, boolean dirty) {}
}
