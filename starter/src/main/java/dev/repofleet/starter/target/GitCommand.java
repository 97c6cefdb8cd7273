package dev.repofleet.starter.target;

import dev.repofleet.starter.render.PlainText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs Git on a repository of this machine without its settings, hooks, network or questions. Owns
 * a temporary folder with the few settings it needs itself; not thread-safe; closed by its maker.
 *
 * <p>The repository may belong to somebody else: the person who named it wants it read. Git reads
 * that permission only from a file of the user's own, hence the folder.
 *
 * <p>One made by {@link #asking} asks hosts, as the person whose machine this is: with the settings
 * and credentials that Git has here, but without a question.
 */
final class GitCommand implements AutoCloseable {
  private static final int MAX_OUTPUT = 64 << 10;
  private static final String PATH = "/usr/local/bin:/usr/bin:/bin";
  private static final int TIMEOUT = -1;
  private static final int TOO_MUCH = -2;
  private static final Duration LOOK = Duration.ofMillis(200);

  /** What Git, ssh and credential helpers need to log in as they do elsewhere on this machine. */
  private static final List<String> OF_THE_PERSON =
      List.of(
          "PATH",
          "HOME",
          "USER",
          "LOGNAME",
          "XDG_CONFIG_HOME",
          "XDG_RUNTIME_DIR",
          "DBUS_SESSION_BUS_ADDRESS",
          "SSH_AUTH_SOCK",
          "GIT_SSH",
          "GIT_SSH_COMMAND",
          "GIT_SSH_VARIANT",
          "GIT_CONFIG_GLOBAL",
          "GIT_CONFIG_SYSTEM",
          "GIT_CONFIG_NOSYSTEM",
          "GIT_SSL_CAINFO",
          "GIT_SSL_CAPATH",
          "SSL_CERT_FILE",
          "SSL_CERT_DIR",
          "http_proxy",
          "https_proxy",
          "no_proxy",
          "all_proxy",
          "HTTPS_PROXY",
          "NO_PROXY",
          "ALL_PROXY");

  private static final String SETTINGS =
      """
      [safe]
      \tdirectory = *
      [core]
      \thooksPath = /dev/null
      \tfsmonitor = false
      [uploadpack]
      \tallowAnySHA1InWant = true
      [gc]
      \tauto = 0
      [maintenance]
      \tauto = false
      """;

  private final Path folder;
  private final Map<String, String> environment;

  private GitCommand(Path folder, Map<String, String> environment) {
    this.folder = folder;
    this.environment = Map.copyOf(environment);
  }

  private static Map<String, String> alone(Path folder, String path) {
    return Map.ofEntries(
        Map.entry("PATH", path),
        Map.entry("HOME", folder.toString()),
        Map.entry("LC_ALL", "C"),
        Map.entry("GIT_CONFIG_NOSYSTEM", "1"),
        Map.entry("GIT_CONFIG_GLOBAL", folder.resolve("settings").toString()),
        Map.entry("GIT_ATTR_NOSYSTEM", "1"),
        Map.entry("GIT_TERMINAL_PROMPT", "0"),
        Map.entry("GIT_ALLOW_PROTOCOL", "file"),
        Map.entry("GIT_OPTIONAL_LOCKS", "0"),
        Map.entry("GIT_NO_LAZY_FETCH", "1"));
  }

  private static Map<String, String> asThePerson(Map<String, String> environment) {
    Map<String, String> variables = new HashMap<>();
    for (String name : OF_THE_PERSON) {
      String value = environment.get(name);
      if (value != null) {
        variables.put(name, value);
      }
    }
    variables.putIfAbsent("PATH", PATH);
    variables.put("LC_ALL", "C");
    variables.put("GIT_TERMINAL_PROMPT", "0");
    // Empty: no program asks in the terminal's place. ssh asks one that has no answer.
    variables.put("GIT_ASKPASS", "");
    variables.put("SSH_ASKPASS", "/bin/false");
    variables.put("SSH_ASKPASS_REQUIRE", "force");
    variables.put("GCM_INTERACTIVE", "never");
    variables.put("GIT_ALLOW_PROTOCOL", "");
    variables.put("GIT_NO_LAZY_FETCH", "1");
    return variables;
  }

  /**
   * Ready to run Git from a search path.
   *
   * @throws UncheckedIOException when no temporary folder can be made
   */
  static GitCommand on(Map<String, String> environment) {
    try {
      Path folder = Files.createTempDirectory("repofleet-git-");
      Files.writeString(folder.resolve("settings"), SETTINGS);
      return new GitCommand(folder, alone(folder, environment.getOrDefault("PATH", PATH)));
    } catch (IOException e) {
      throw withoutFolder(e);
    }
  }

  /**
   * Ready to ask hosts as the person does who has this environment.
   *
   * @throws UncheckedIOException when no temporary folder can be made
   */
  static GitCommand asking(Map<String, String> environment) {
    try {
      return new GitCommand(Files.createTempDirectory("repofleet-git-"), asThePerson(environment));
    } catch (IOException e) {
      throw withoutFolder(e);
    }
  }

  private static UncheckedIOException withoutFolder(IOException e) {
    return new UncheckedIOException(
        "no folder can be made for Git in "
            + System.getProperty("java.io.tmpdir")
            + ": it takes rights and room there",
        e);
  }

  /** A folder that goes with this object. */
  Path folder() {
    return folder;
  }

  /**
   * Runs one command to its end, or kills it at the time limit.
   *
   * @param index a file in place of the repository's index; absent for none
   */
  Result run(Duration limit, @Nullable Path index, List<String> arguments) {
    return run(limit, index, MAX_OUTPUT, arguments);
  }

  /**
   * As the other, for a command that says much.
   *
   * @param mostOutput most bytes of its standard output; the rest is dropped
   */
  Result run(Duration limit, @Nullable Path index, int mostOutput, List<String> arguments) {
    Map<String, String> more =
        index == null ? Map.of() : Map.of("GIT_INDEX_FILE", index.toString());
    return run(limit, more, () -> false, mostOutput, arguments);
  }

  /**
   * Runs one command that asks a host.
   *
   * @param protocols that may be spoken, by Git's names with colons between them
   * @param tooMuch looked at while the command runs, which is killed once it holds
   */
  Result ask(Duration limit, String protocols, BooleanSupplier tooMuch, List<String> arguments) {
    return run(limit, Map.of("GIT_ALLOW_PROTOCOL", protocols), tooMuch, MAX_OUTPUT, arguments);
  }

  private Result run(
      Duration limit,
      Map<String, String> more,
      BooleanSupplier tooMuch,
      int mostOutput,
      List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add("git");
    command.addAll(arguments);
    try {
      Path out = Files.createTempFile(folder, "out", "");
      Path err = Files.createTempFile(folder, "err", "");
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .directory(folder.toFile())
              .redirectInput(Path.of("/dev/null").toFile())
              .redirectOutput(out.toFile())
              .redirectError(err.toFile());
      builder.environment().clear();
      builder.environment().putAll(environment);
      builder.environment().putAll(more);
      int exit = exitOf(started(builder), limit, tooMuch, arguments);
      Result result =
          exit == TIMEOUT
              ? Result.timeout(limit)
              : exit == TOO_MUCH
                  ? Result.tooMuch()
                  : new Result(exit, head(out, mostOutput), head(err, MAX_OUTPUT));
      Files.delete(out);
      Files.delete(err);
      return result;
    } catch (IOException e) {
      throw new TargetException(
          "Git can't be run in "
              + folder
              + ", which paths and globs of folders need ("
              + e.getMessage()
              + "): it takes rights and room there");
    }
  }

  private static Process started(ProcessBuilder builder) {
    try {
      return builder.start();
    } catch (IOException e) {
      throw new TargetException(
          "Git can't be run, which paths and globs of folders need ("
              + e.getMessage()
              + "): install Git on this machine and have it on the PATH");
    }
  }

  private static int exitOf(
      Process process, Duration limit, BooleanSupplier tooMuch, List<String> arguments) {
    long deadline = System.nanoTime() + limit.toNanos();
    try {
      while (!process.waitFor(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
        if (tooMuch.getAsBoolean()) {
          return TOO_MUCH;
        }
        if (System.nanoTime() - deadline > 0) {
          return TIMEOUT;
        }
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TargetException("interrupted while Git ran " + arguments.get(0));
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  private static String head(Path file, int most) throws IOException {
    try (var in = Files.newInputStream(file)) {
      return new String(in.readNBytes(most), StandardCharsets.UTF_8);
    }
  }

  /** Removes the folder and all in it. */
  @Override
  public void close() {
    Folders.delete(folder);
  }

  /**
   * What became of a command.
   *
   * @param exit code; below zero when it was killed, at its time limit or since it was too much
   * @param out standard output, 64 KiB at the most unless more was asked for
   * @param err standard error, 64 KiB at the most
   */
  record Result(int exit, String out, String err) {
    static Result timeout(Duration limit) {
      return new Result(TIMEOUT, "", "Git did not end within " + limit.toSeconds() + " s");
    }

    static Result tooMuch() {
      return new Result(TOO_MUCH, "", "the host sends more than can be taken");
    }

    boolean succeeded() {
      return exit == 0;
    }

    String line() {
      return out.strip();
    }

    /** What Git says is wrong, fit for a terminal. */
    String complaint() {
      return err.lines()
          .filter(line -> line.startsWith("fatal:") || line.startsWith("error:"))
          .findFirst()
          .or(() -> err.lines().filter(line -> !line.isBlank()).findFirst())
          .map(line -> PlainText.of(line.replaceFirst("^(fatal|error): *", ""), 200))
          .orElse("git ended with " + exit);
    }
  }
}
