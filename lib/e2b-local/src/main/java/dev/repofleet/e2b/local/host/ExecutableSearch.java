package dev.repofleet.e2b.local.host;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Finds programs the way a shell does. Stateless. */
public final class ExecutableSearch {
  private ExecutableSearch() {}

  /** The real path of a program given by path or, without a slash, by name on PATH. */
  static Optional<Path> find(String name, Map<String, String> environment) {
    return locate(name, environment).map(ClaudeInstall::real);
  }

  /** The path as found, symbolic links kept. */
  public static Optional<Path> locate(String name, Map<String, String> environment) {
    if (name.contains("/")) {
      return Optional.of(Path.of(name)).filter(ExecutableSearch::runnable);
    }
    for (String directory : environment.getOrDefault("PATH", "").split(File.pathSeparator, -1)) {
      Path candidate = Path.of(directory.isEmpty() ? "." : directory).resolve(name);
      if (runnable(candidate)) {
        return Optional.of(candidate);
      }
    }
    return Optional.empty();
  }

  private static boolean runnable(Path path) {
    return Files.isRegularFile(path) && Files.isExecutable(path);
  }
}
