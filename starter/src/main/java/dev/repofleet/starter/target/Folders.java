package dev.repofleet.starter.target;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;

/** Removes what was written for a moment. */
final class Folders {
  private Folders() {}

  /** A file, or a folder with all in it; links are removed, not followed. */
  static void delete(Path path) {
    if (!Files.exists(path)) {
      return;
    }
    try (var paths = Files.walk(path)) {
      for (Path each : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(each);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the temporary " + path + " can't be removed", e);
    }
  }
}
