package dev.repofleet.e2b;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Runs {@code git} in a sandbox: no shell, no prompt, no secret in an argument. Immutable. */
final class GitCommands {
  /** Names of the variables that the helper below reads. */
  static final String USERNAME = "E2B_GIT_USERNAME";

  static final String PASSWORD = "E2B_GIT_PASSWORD";

  /** Git asks a helper by its first argument; only {@code get} is answered. */
  private static final String HELPER =
      "!f() { test \"$1\" = get && printf 'username=%s\\npassword=%s\\n' \"$"
          + USERNAME
          + "\" \"$"
          + PASSWORD
          + "\"; }; f";

  /** A status of some hundred thousand files. */
  private static final int MAX_OUTPUT = 32 << 20;

  /** Between the end that {@code timeout} makes and the one that envd would. */
  private static final Duration GRACE = Duration.ofSeconds(30);

  private static final String PATIENCE = "5";
  private static final int TIMED_OUT = 124;
  private static final int KILLED = 137;

  private final Sandbox sandbox;
  private final Duration limit;

  GitCommands(Sandbox sandbox, Duration limit) {
    if (limit.compareTo(Duration.ofSeconds(1)) < 0 || limit.compareTo(Duration.ofDays(1)) > 0) {
      throw new IllegalArgumentException("Git's time limit must be 1 s to 1 day, not " + limit);
    }
    this.sandbox = sandbox;
    this.limit = limit;
  }

  /** What Git wrote to stdout. */
  String run(String operation, @Nullable String directory, List<String> arguments) {
    return run(operation, directory, arguments, Optional.empty());
  }

  String run(
      String operation,
      @Nullable String directory,
      List<String> arguments,
      Optional<GitCredentials> credentials) {
    String named = operation + " in sandbox " + sandbox.sandboxId();
    List<String> argv = new ArrayList<>();
    // Ends Git with its children, which envd's own limit would leave.
    argv.addAll(List.of("timeout", "-k", PATIENCE, Long.toString(limit.toSeconds()), "git"));
    credentials.ifPresent(secret -> argv.addAll(options(secret)));
    if (directory != null) {
      argv.addAll(List.of("-C", directory));
    }
    argv.addAll(arguments);
    CommandResult result = sandbox.commands().run(command(argv, credentials));
    SecretMask mask =
        new SecretMask(credentials.map(secret -> List.of(secret.password())).orElseGet(List::of));
    if (!result.succeeded()) {
      throw failure(named, result, mask);
    }
    if (result.stdoutTruncated()) {
      throw new E2bException(
          "cannot %s: Git wrote more than %d bytes".formatted(named, MAX_OUTPUT), null);
    }
    return mask.hide(result.stdout());
  }

  private static List<String> options(GitCredentials credentials) {
    return List.of(
        // Other helpers would be asked first, and told to store what was right.
        "-c",
        "credential.helper=",
        "-c",
        "credential." + credentials.scope() + ".helper=" + HELPER,
        // Hooks would inherit the environment.
        "-c",
        "core.hooksPath=/dev/null");
  }

  private Command command(List<String> argv, Optional<GitCredentials> credentials) {
    Command.Builder command =
        Command.builder(argv.toArray(String[]::new))
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("GIT_ASKPASS", "")
            // Failures are told apart by Git's English words.
            .env("LC_ALL", "C.UTF-8")
            .timeout(limit.plus(GRACE))
            .maxOutput(MAX_OUTPUT);
    credentials.ifPresent(
        secret -> command.env(USERNAME, secret.username()).env(PASSWORD, secret.password()));
    return command.build();
  }

  private static GitException failure(String named, CommandResult result, SecretMask mask) {
    String said = mask.hide(result.stderr().isBlank() ? result.stdout() : result.stderr());
    boolean late = result.exitCode() == TIMED_OUT || result.exitCode() == KILLED;
    return new GitException(
        named,
        result.exit(),
        late ? GitException.Reason.TIMED_OUT : GitException.reason(said),
        said);
  }

  /** A name that Git could take for an option. */
  static String checkName(String what, String name) {
    if (name.isBlank() || name.startsWith("-") || name.chars().anyMatch(c -> c < ' ')) {
      throw new IllegalArgumentException("not a %s: \"%s\"".formatted(what, name));
    }
    return name;
  }
}
