package dev.repofleet.e2b.local.model;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The real Claude Code CLI in the version that the wire facts were observed with, installed by npm
 * into the project's cache when it is not there yet.
 *
 * <p>For integration tests and benchmarks out of a source checkout; it stands here and not in test
 * code so that the tests of other modules reach it without a test jar. Stateless.
 */
public final class RealClaudeCode {
  private static final String SCRIPT = ".ci/install-claude-code";

  /** An npm download of some 70 MB over a slow line. */
  private static final long INSTALL_MINUTES = 10;

  private RealClaudeCode() {}

  /**
   * The executable, installed if needed by the checkout's {@code .ci/install-claude-code}.
   *
   * <p>Blocks: milliseconds when it is installed, at most 10 minutes when it is not. Several
   * processes may call it together.
   *
   * @param environment usually {@link System#getenv()}: npm is looked for on its PATH, {@code
   *     REPOFLEET_TOOLS} moves the cache
   * @return empty when there is no npm; a test then skips, or fails when {@code CI=true}
   * @throws IllegalStateException when the installation fails, with the installer's last words
   */
  public static Optional<Path> obtain(Map<String, String> environment) {
    if (!onPath("npm", environment) || !onPath("node", environment)) {
      return Optional.empty();
    }
    Path script = script(Path.of("").toAbsolutePath());
    try {
      Path errors = Files.createTempFile("install-claude-code", ".log");
      try {
        return Optional.of(install(script, environment, errors));
      } finally {
        Files.delete(errors);
      }
    } catch (IOException failed) {
      throw new IllegalStateException(script + " can't be run: " + failed.getMessage(), failed);
    }
  }

  private static Path install(Path script, Map<String, String> environment, Path errors)
      throws IOException {
    ProcessBuilder builder = new ProcessBuilder("sh", script.toString());
    builder.environment().clear();
    builder.environment().putAll(environment);
    Process process = builder.redirectError(errors.toFile()).start();
    try {
      process.getOutputStream().close();
      String output =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      if (!process.waitFor(INSTALL_MINUTES, TimeUnit.MINUTES) || process.exitValue() != 0) {
        throw new IllegalStateException(
            script + " failed: " + Files.readString(errors).strip().lines().toList());
      }
      return Path.of(output);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while " + script + " ran", interrupted);
    } finally {
      process.destroy();
    }
  }

  /**
   * The variables that make the CLI talk to a scripted model and to nothing else.
   *
   * @param model its {@link ScriptedModel#uri()}
   */
  public static Map<String, String> environment(URI model) {
    return Map.of(
        "ANTHROPIC_BASE_URL", model.toString(),
        "ANTHROPIC_API_KEY", "scripted-model-takes-any-key",
        "IS_SANDBOX", "1",
        "DISABLE_AUTOUPDATER", "1",
        "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC", "1");
  }

  /**
   * The arguments of one review or follow-up as a worker gives them; the prompt goes to stdin.
   *
   * @param session a UUID
   * @param resume whether the session exists already
   * @param schema of the structured answer as JSON, or null for none; without {@code $schema}: the
   *     CLI drops a schema of draft 2020-12 silently
   */
  public static List<String> arguments(String session, boolean resume, @Nullable String schema) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "-p",
                "--output-format",
                "stream-json",
                "--verbose",
                "--dangerously-skip-permissions",
                "--setting-sources",
                "user",
                "--strict-mcp-config",
                resume ? "--resume" : "--session-id",
                session,
                "--max-turns",
                "40",
                "--max-budget-usd",
                "5"));
    if (schema != null) {
      arguments.add("--json-schema");
      arguments.add(schema);
    }
    return arguments;
  }

  private static Path script(Path from) {
    for (Path folder = from; folder != null; folder = folder.getParent()) {
      if (Files.isRegularFile(folder.resolve(SCRIPT))) {
        return folder.resolve(SCRIPT);
      }
    }
    throw new IllegalStateException(
        "no " + SCRIPT + " above " + from + ": run this in a source checkout");
  }

  private static boolean onPath(String program, Map<String, String> environment) {
    for (String folder : environment.getOrDefault("PATH", "").split(":", -1)) {
      if (!folder.isEmpty() && Files.isExecutable(Path.of(folder, program))) {
        return true;
      }
    }
    return false;
  }
}
