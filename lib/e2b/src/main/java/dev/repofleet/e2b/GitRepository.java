package dev.repofleet.e2b;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A working tree in a sandbox. Thread-safe as far as Git is: two calls that change the same tree at
 * once can fail on Git's lock. Errors are those of {@link Git}.
 */
public final class GitRepository {
  private static final String ORIGIN = "origin";

  private final GitCommands commands;
  private final String path;

  GitRepository(GitCommands commands, String path) {
    this.commands = commands;
    this.path = path;
  }

  /** The working tree's directory. */
  public String path() {
    return path;
  }

  /** Branch, upstream and changed files. Paths that are not UTF-8 are shown with replacements. */
  public GitStatus status() {
    return GitStatus.parse(
        run("status of", "status", "--porcelain=v2", "--branch", "-z", "--untracked-files=all"));
  }

  /** The local branches, by name; empty before the first commit. */
  public List<GitBranch> branches() {
    String text =
        run(
            "branches of",
            "for-each-ref",
            "--format=%(refname:lstrip=2)%00%(objectname)%00%(HEAD)%00%(upstream:short)",
            "refs/heads");
    List<GitBranch> branches = new ArrayList<>();
    for (String line : text.lines().toList()) {
      String[] fields = line.split("\0", -1);
      if (fields.length != 4) {
        throw new E2bProtocolException("cannot read the branches of " + path, null);
      }
      branches.add(
          new GitBranch(
              fields[0], fields[1], fields[2].equals("*"), fields[3].isEmpty() ? null : fields[3]));
    }
    return List.copyOf(branches);
  }

  /** The newest commit's id. */
  public String head() {
    return run("newest commit of", "rev-parse", "--verify", "HEAD").strip();
  }

  /**
   * Checks out a branch, tag or commit; a branch that only a remote has is made to follow it.
   *
   * @throws GitException with {@code NO_SUCH_REFERENCE} if there is none, {@code CONFLICT} if local
   *     changes are in the way
   */
  public void checkout(String name) {
    run("checkout " + name + " of", "checkout", "--quiet", checkReference(name), "--");
  }

  /** Makes a branch at the newest commit and checks it out. */
  public void createBranch(String name) {
    run("make branch " + name + " of", "checkout", "--quiet", "-b", checkReference(name));
  }

  /**
   * Deletes a local branch that is not checked out.
   *
   * @param force also if its commits are nowhere else
   */
  public void deleteBranch(String name, boolean force) {
    run(
        "delete branch " + name + " of",
        "branch",
        "--quiet",
        force ? "-D" : "-d",
        "--",
        checkReference(name));
  }

  /** Stages everything that changed, new files and removals included, but for what is ignored. */
  public void addAll() {
    run("add all files of", "add", "--all");
  }

  /**
   * Stages files and directories.
   *
   * @param files relative to the working tree, as they are: Git's patterns do not work in them
   */
  public void add(List<String> files) {
    if (files.isEmpty()) {
      return;
    }
    List<String> arguments = new ArrayList<>(List.of("--literal-pathspecs", "add", "--"));
    arguments.addAll(files);
    commands.run("add files of " + path, path, arguments);
  }

  /**
   * Commits what is staged, by the configured user; the repository's hooks run.
   *
   * @return the new commit's id
   * @throws GitException with {@code NOTHING_TO_COMMIT} if nothing is staged
   */
  public String commit(String message) {
    if (message.isBlank()) {
      throw new IllegalArgumentException("a commit needs a message");
    }
    run("commit in", "commit", "--quiet", "--message=" + message);
    return head();
  }

  /** Who commits are by, in this repository. */
  public void configureUser(String name, String email) {
    Git.configure(commands, path, "--local", name, email);
  }

  /**
   * Pushes a branch to {@code origin}, which it then follows. No hook runs.
   *
   * @throws GitException with {@code CONFLICT} if the host has commits that are not here, {@code
   *     AUTHENTICATION} if it wants (other) credentials
   */
  public void push(String branch, @Nullable GitCredentials credentials) {
    run(
        "push " + branch + " of",
        Optional.ofNullable(credentials),
        "push",
        "--quiet",
        "--set-upstream",
        "--",
        ORIGIN,
        checkReference(branch));
  }

  /**
   * Fetches a branch of {@code origin} and merges it into what is checked out. The credentials are
   * there for the first step alone, in which no hook runs.
   *
   * @throws GitException with {@code CONFLICT} if the merge stops: it is then as Git left it
   */
  public void pull(String branch, @Nullable GitCredentials credentials) {
    fetch(branch, credentials);
    run("merge " + branch + " into", "merge", "--quiet", "--no-edit", "FETCH_HEAD");
  }

  /** Fetches a branch of {@code origin}; nothing that is checked out changes. No hook runs. */
  public void fetch(String branch, @Nullable GitCredentials credentials) {
    run(
        "fetch " + branch + " of",
        Optional.ofNullable(credentials),
        "fetch",
        "--quiet",
        "--",
        ORIGIN,
        checkReference(branch));
  }

  private static String checkReference(String name) {
    return GitCommands.checkName("branch, tag or commit", name);
  }

  private String run(String operation, String... arguments) {
    return run(operation, Optional.empty(), arguments);
  }

  private String run(String operation, Optional<GitCredentials> credentials, String... arguments) {
    return commands.run(operation + " " + path, path, List.of(arguments), credentials);
  }

  @Override
  public String toString() {
    return "GitRepository[" + path + "]";
  }
}
