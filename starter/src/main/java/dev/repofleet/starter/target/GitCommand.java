package dev.repofleet.starter.target;

import dev.repofleet.starter.PlainText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Runs Git on a repository of this machine without its settings, hooks, network or questions. Owns
 * a temporary folder with the few settings it needs itself; not thread-safe; closed by its maker.
 *
 * <p>The repository may belong to somebody else: the person who named it wants it read. Git reads
 * that permission only from a file of the user's own, hence the folder.
 */
final class GitCommand implements AutoCloseable {
  private static final int MAX_OUTPUT = 64 << 10;
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

  private GitCommand(Path folder, String path) {
    this.folder = folder;
    this.environment =
        Map.ofEntries(
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

  /**
   * Ready to run Git from a search path.
   *
   * @throws UncheckedIOException when no temporary folder can be made
   */
  static GitCommand on(Map<String, String> environment) {
    try {
      Path folder = Files.createTempDirectory("repofleet-git-");
      Files.writeString(folder.resolve("settings"), SETTINGS);
      return new GitCommand(
          folder, environment.getOrDefault("PATH", "/usr/local/bin:/usr/bin:/bin"));
    } catch (IOException e) {
      throw new UncheckedIOException("no temporary folder for Git can be made", e);
    }
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
      if (index != null) {
        builder.environment().put("GIT_INDEX_FILE", index.toString());
      }
      int exit = exitOf(builder.start(), limit, arguments);
      Result result =
          exit < 0
              ? Result.timeout(limit)
              : new Result(exit, head(out, mostOutput), head(err, MAX_OUTPUT));
      Files.delete(out);
      Files.delete(err);
      return result;
    } catch (IOException e) {
      throw new TargetException("Git can't be run, which path targets need: " + e.getMessage());
    }
  }

  private static int exitOf(Process process, Duration limit, List<String> arguments) {
    try {
      boolean ended = process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
      return ended ? process.exitValue() : -1;
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
   * @param exit code; -1 when it was killed at its time limit
   * @param out standard output, 64 KiB at the most unless more was asked for
   * @param err standard error, 64 KiB at the most
   */
  record Result(int exit, String out, String err) {
    static Result timeout(Duration limit) {
      return new Result(-1, "", "Git did not end within " + limit.toSeconds() + " s");
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
