package dev.repofleet.e2b.local.host;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * The host's tools that live outside {@code /usr} and are bound into sandboxes: python3, git and
 * node may be shims of a version manager or live in a home, which a sandbox does not see.
 *
 * @param mounts what to bind read-only
 * @param path directories inside, to stand before the usual PATH
 */
public record Toolchain(List<ToolMount> mounts, List<String> path) {
  /** Where tools are bound inside; nothing of the host is there. */
  static final String ROOT = "/opt/repofleet";

  /** Symbolic links to programs, first on PATH. */
  static final String LINKS = ROOT + "/bin";

  /** What of a prefix a tool needs: one that is a home has more, and an agent could read it. */
  private static final List<String> PARTS =
      List.of(
          "bin", "lib", "lib64", "libexec", "include", "ssl", "share/git-core", "share/terminfo");

  private static final Map<String, Toolchain> FOUND = new ConcurrentHashMap<>();

  private static final String USUAL_PATH = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin";

  public Toolchain {
    mounts = List.copyOf(mounts);
    path = List.copyOf(path);
  }

  public static Toolchain none() {
    return new Toolchain(List.of(), List.of());
  }

  /**
   * Asks each tool where it lives, once for each {@code PATH} in the life of this process unless
   * one did not answer. Blocks for some 100 ms then, at most 10 seconds a tool.
   */
  public static Toolchain find(Map<String, String> environment) {
    String path = environment.getOrDefault("PATH", "");
    Toolchain known = FOUND.get(path);
    if (known != null) {
      return known;
    }
    List<String> silent = new ArrayList<>();
    Toolchain found = ask(Map.of("PATH", path), silent);
    if (silent.isEmpty()) {
      FOUND.put(path, found);
    }
    return found;
  }

  private static Toolchain ask(Map<String, String> environment, List<String> silent) {
    List<ToolMount> mounts = new ArrayList<>();
    Set<String> path = new LinkedHashSet<>();
    prefix(environment, silent, "python3", "-c", "import sys; print(sys.base_prefix)")
        .ifPresent(found -> add(mounts, path, "python", found));
    prefix(environment, silent, "git", "--exec-path")
        .map(exec -> ancestor(exec, 2))
        .ifPresent(found -> add(mounts, path, "git", found));
    prefix(environment, silent, "node", "-p", "process.execPath")
        .map(exec -> ancestor(exec, 2))
        .ifPresent(found -> add(mounts, path, "node", found));
    return new Toolchain(mounts, List.copyOf(path));
  }

  /** PATH inside a sandbox. */
  public String pathVariable() {
    List<String> all = new ArrayList<>();
    all.add(LINKS);
    all.addAll(path);
    all.add(USUAL_PATH);
    return String.join(":", all);
  }

  private static void add(List<ToolMount> mounts, Set<String> path, String name, Path prefix) {
    if (prefix.startsWith("/usr") || !Files.isDirectory(prefix.resolve("bin"))) {
      return;
    }
    // A shared libpython is found by its absolute path: such a build can't be moved.
    String target = sharedPython(prefix) ? prefix.toString() : ROOT + "/" + name;
    if (path.add(target + "/bin")) {
      PARTS.stream()
          .filter(part -> Files.isDirectory(prefix.resolve(part)))
          .map(part -> new ToolMount(prefix.resolve(part), target + "/" + part))
          .forEach(mounts::add);
    }
  }

  private static boolean sharedPython(Path prefix) {
    Path libraries = prefix.resolve("lib");
    if (!Files.isDirectory(libraries)) {
      return false;
    }
    try (DirectoryStream<Path> found = Files.newDirectoryStream(libraries, "libpython3*.so*")) {
      return found.iterator().hasNext();
    } catch (IOException unreadable) {
      return false;
    }
  }

  private static Path ancestor(Path path, int up) {
    Path result = path;
    for (int step = 0; step < up; step++) {
      Path parent = result.getParent();
      result = parent == null ? result : parent;
    }
    return result;
  }

  private static Optional<Path> prefix(
      Map<String, String> environment, List<String> silent, String... command) {
    Optional<Path> program = ExecutableSearch.locate(command[0], environment);
    if (program.isEmpty()) {
      return Optional.empty();
    }
    List<String> arguments = new ArrayList<>(List.of(command));
    arguments.set(0, program.get().toString());
    try {
      Process process =
          new ProcessBuilder(arguments)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
              .start();
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        silent.add(command[0]);
        return Optional.empty();
      }
      String answer =
          new String(process.getInputStream().readNBytes(8192), StandardCharsets.UTF_8).strip();
      return process.exitValue() == 0 && answer.startsWith("/")
          ? Optional.of(ClaudeInstall.real(Path.of(answer)))
          : Optional.empty();
    } catch (IOException notRunnable) {
      return Optional.empty();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      silent.add(command[0]);
      return Optional.empty();
    }
  }
}
