package dev.repofleet.e2b.local.host;

import dev.repofleet.e2b.local.wire.Wire;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * A Claude Code installation of the host, as sandboxes of template {@code claude} get it.
 *
 * @param executable the real path of the program on the host
 * @param mount what is bound read-only: the npm package (with its platform packages), or the
 *     program alone when it belongs to no package
 * @param inside the path of the program in the sandbox
 */
public record ClaudeInstall(Path executable, ToolMount mount, String inside) {
  private static final String PLACE = Toolchain.ROOT + "/claude";

  /** Directories between an npm package's root and its program; two in the packages seen. */
  private static final int PACKAGE_DEPTH = 4;

  private static final int MAX_PACKAGE = 1 << 20;

  /** Refuses null parts. */
  public ClaudeInstall {
    Objects.requireNonNull(executable, "executable");
    Objects.requireNonNull(mount, "mount");
    Objects.requireNonNull(inside, "inside");
  }

  /**
   * Looks for {@code claude} on PATH, or where {@code REPOFLEET_CLAUDE} points (a path or a name).
   * Blocks for a few file look-ups; starts nothing.
   *
   * @param environment the variables to look at, usually {@link System#getenv()}
   * @return the installation, or empty when there is none; then {@code npm install -g
   *     @anthropic-ai/claude-code} brings one
   */
  public static Optional<ClaudeInstall> find(Map<String, String> environment) {
    String override = environment.getOrDefault("REPOFLEET_CLAUDE", "");
    String name = override.isBlank() ? "claude" : override;
    return ExecutableSearch.find(name, environment).map(ClaudeInstall::of);
  }

  private static ClaudeInstall of(Path executable) {
    Path directory = executable.getParent();
    for (int up = 0; up < PACKAGE_DEPTH && directory != null; up++) {
      if (isPackage(directory)) {
        return ofPackage(executable, directory);
      }
      directory = directory.getParent();
    }
    ToolMount mount = new ToolMount(executable, PLACE + "/claude");
    return new ClaudeInstall(executable, mount, mount.target());
  }

  /** A package of Claude Code's: any other one's folder may be somebody's home. */
  private static boolean isPackage(Path directory) {
    try (InputStream in = Files.newInputStream(directory.resolve("package.json"))) {
      String name = Wire.parse(in.readNBytes(MAX_PACKAGE)).path("name").asText();
      return name.startsWith("@anthropic-ai/");
    } catch (IOException none) {
      return false;
    }
  }

  /** The native program may live in a platform package beside this one: bind the scope whole. */
  private static ClaudeInstall ofPackage(Path executable, Path directory) {
    Path parent = directory.getParent();
    boolean scoped = parent != null && parent.endsWith("@anthropic-ai");
    Path source = scoped ? Objects.requireNonNull(parent) : directory;
    String target = PLACE + (scoped ? "/node_modules/@anthropic-ai" : "/package");
    String inside = target + "/" + source.relativize(executable);
    return new ClaudeInstall(executable, new ToolMount(source, target), inside);
  }

  static Path real(Path path) {
    try {
      return path.toRealPath();
    } catch (IOException broken) {
      return path.toAbsolutePath();
    }
  }
}
