package dev.repofleet.worker.git;

import dev.repofleet.worker.testing.Waiting;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Real Git and real scripts in folders of a test. */
public final class TestGit {
  /** How a command ended. */
  public record Ended(int exitCode, String stdout, String stderr) {}

  private static final Map<String, String> CLEAN =
      Map.of(
          "GIT_CONFIG_GLOBAL", "/dev/null",
          "GIT_CONFIG_NOSYSTEM", "1",
          "GIT_AUTHOR_NAME", "Test",
          "GIT_AUTHOR_EMAIL", "test@example.org",
          "GIT_COMMITTER_NAME", "Test",
          "GIT_COMMITTER_EMAIL", "test@example.org",
          "GIT_AUTHOR_DATE", "2024-01-01T00:00:00Z",
          "GIT_COMMITTER_DATE", "2024-01-01T00:00:00Z",
          "LC_ALL", "C");

  private TestGit() {}

  /** Runs Git; its stdout without the closing line end. Fails the test when Git fails. */
  public static String git(Path folder, String... arguments) {
    List<String> argv = new ArrayList<>(List.of("git", "-c", "init.defaultBranch=main"));
    argv.addAll(Arrays.asList(arguments));
    Ended ended = run(folder, CLEAN, argv);
    if (ended.exitCode() != 0) {
      throw new AssertionError(argv + " ended with " + ended);
    }
    return ended.stdout().strip();
  }

  /** A repository with these files in its one commit. */
  public static Path repository(Path folder, Map<String, String> files) throws IOException {
    Files.createDirectories(folder);
    git(folder, "init", "-q");
    for (Map.Entry<String, String> file : files.entrySet()) {
      write(folder.resolve(file.getKey()), file.getValue());
    }
    git(folder, "add", "-A");
    git(folder, "commit", "-q", "--allow-empty", "-m", "one");
    return folder;
  }

  public static void write(Path file, String content) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
  }

  /** Runs a shipped script as a sandbox would. */
  public static Ended script(
      ShippedScript script, Map<String, String> environment, String... arguments) {
    return run(
        Path.of("/"),
        environment,
        script.command(Waiting.LONG, Arrays.asList(arguments)).build().argv());
  }

  public static Ended run(Path folder, Map<String, String> environment, List<String> argv) {
    try {
      Path out = Files.createTempFile("out", ".txt");
      Path err = Files.createTempFile("err", ".txt");
      ProcessBuilder builder =
          new ProcessBuilder(argv)
              .directory(folder.toFile())
              .redirectOutput(out.toFile())
              .redirectError(err.toFile());
      builder.environment().keySet().removeIf(name -> name.startsWith("GIT_"));
      builder.environment().putAll(environment);
      Process process = builder.start();
      if (!process.waitFor(Waiting.LONG.toSeconds() + 30, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError(argv + " does not end");
      }
      Ended ended =
          new Ended(
              process.exitValue(),
              Files.readString(out, StandardCharsets.ISO_8859_1),
              Files.readString(err, StandardCharsets.ISO_8859_1));
      Files.delete(out);
      Files.delete(err);
      return ended;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(argv + " was interrupted", e);
    }
  }
}
