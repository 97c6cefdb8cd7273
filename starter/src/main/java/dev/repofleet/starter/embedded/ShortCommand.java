package dev.repofleet.starter.embedded;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A program that is run to its end for its answer: no input, both output streams together, bounded
 * in time. Immutable.
 *
 * @param timeout after which it is killed
 * @param command program and arguments
 * @param directory to run in; null for this process's own
 * @param environment added to this process's own
 */
record ShortCommand(
    Duration timeout,
    List<String> command,
    @Nullable Path directory,
    Map<String, String> environment) {
  /** More of an answer is not looked at. */
  private static final int MAX_OUTPUT = 64 << 10;

  ShortCommand {
    command = List.copyOf(command);
    environment = Map.copyOf(environment);
  }

  static ShortCommand of(Duration timeout, String... command) {
    return new ShortCommand(timeout, List.of(command), null, Map.of());
  }

  /**
   * Runs it. Never throws for what the program does: a program that is missing, or killed at the
   * timeout, has no exit code 0 and an output that says so.
   */
  Result run() {
    Path output;
    try {
      output = Files.createTempFile("repofleet-", ".out");
    } catch (IOException e) {
      return new Result(-1, "no temporary file: " + e.getMessage());
    }
    try {
      return run(output);
    } catch (IOException e) {
      return new Result(-1, String.valueOf(e.getMessage()));
    } finally {
      FileTrees.deleteQuietly(output);
    }
  }

  /** Output goes through a file: reading a pipe would not end while a grandchild holds it. */
  private Result run(Path output) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
    if (directory != null) {
      builder.directory(directory.toFile());
    }
    builder.environment().putAll(environment);
    Process process = builder.start();
    try {
      if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
        return new Result(-1, command.get(0) + " did not end within " + timeout);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Result(-1, "interrupted");
    } finally {
      process.destroyForcibly();
    }
    try (var in = Files.newInputStream(output)) {
      return new Result(
          process.exitValue(), new String(in.readNBytes(MAX_OUTPUT), StandardCharsets.UTF_8));
    }
  }

  /**
   * What became of it.
   *
   * @param exitCode of the program; -1 when it never ran or was killed
   * @param output both streams as they came, cut at 64 KiB
   */
  record Result(int exitCode, String output) {
    boolean succeeded() {
      return exitCode == 0;
    }

    /** The last line with text: where most programs say what is wrong. */
    String lastLine() {
      List<String> lines = output.lines().filter(line -> !line.isBlank()).toList();
      return lines.isEmpty() ? "exit code " + exitCode : lines.get(lines.size() - 1).strip();
    }
  }
}
