package dev.repofleet.e2b;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Git in one sandbox, as one Linux user: the {@code git} of the template, which must have one.
 * Thread-safe; made by {@link Sandbox#git()}.
 *
 * <p>Every method throws {@link GitException} if Git refuses, and what {@link Commands#run} throws
 * if the sandbox does not answer; then Git may have done its work all the same. Each call is one
 * command, ended with its children after the time limit.
 */
public final class Git {
  /** For each command. */
  public static final Duration DEFAULT_LIMIT = Duration.ofMinutes(10);

  private final Sandbox sandbox;
  private final GitCommands commands;

  Git(Sandbox sandbox) {
    this(sandbox, DEFAULT_LIMIT);
  }

  private Git(Sandbox sandbox, Duration limit) {
    this.sandbox = sandbox;
    this.commands = new GitCommands(sandbox, limit);
  }

  /**
   * The same with another time limit for each command.
   *
   * @param limit 1 s to 1 day, in whole seconds
   */
  public Git withLimit(Duration limit) {
    return new Git(sandbox, limit);
  }

  /**
   * Clones. After a failure the directory may be there in part; Git removes it unless it was
   * killed.
   *
   * @return the new working tree; its remote {@code origin} is the URL as given, without
   *     credentials
   */
  public GitRepository clone(GitClone what) {
    List<String> arguments = new ArrayList<>(List.of("clone", "--quiet"));
    if (what.branch() != null) {
      arguments.addAll(List.of("--branch", what.branch(), "--single-branch"));
    }
    if (what.depth() != null) {
      arguments.addAll(List.of("--depth", what.depth().toString()));
    }
    arguments.addAll(List.of("--", what.url(), what.path()));
    commands.run("clone " + what.url(), null, arguments, what.secret());
    return repository(what.path());
  }

  /** A working tree that is there already; not looked at until it is used. */
  public GitRepository repository(String path) {
    return new GitRepository(commands, GitCommands.checkName("path", path));
  }

  /**
   * Makes a new repository, or does nothing where one is.
   *
   * @param branch the name of its first branch
   */
  public GitRepository init(String path, String branch) {
    String checked = GitCommands.checkName("path", path);
    commands.run(
        "make repository " + path,
        null,
        List.of("init", "--quiet", "-b", GitCommands.checkName("branch", branch), "--", checked));
    return repository(checked);
  }

  /** Who commits are by, in every repository of this Linux user. */
  public void configureUser(String name, String email) {
    configure(commands, null, "--global", name, email);
  }

  static void configure(
      GitCommands commands, @Nullable String directory, String scope, String name, String email) {
    commands.run(
        "configure Git's user",
        directory,
        List.of("config", scope, "user.name", GitCommands.checkName("name", name)));
    commands.run(
        "configure Git's user",
        directory,
        List.of("config", scope, "user.email", GitCommands.checkName("email", email)));
  }
}
