package dev.repofleet.starter.it;

import dev.repofleet.starter.testing.GitRepository;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/**
 * Real source trees of some thousand files: packages' sources, which the build copies to {@code
 * target/source-trees}, committed to Git.
 */
final class SourceTree {
  private static final Path FOLDER = Path.of("target", "source-trees");

  private SourceTree() {}

  /** Whether the build has copied them. */
  static boolean present() {
    return !archives("").isEmpty();
  }

  /** Unpacks the one whose name begins so, and commits it. */
  static GitRepository commit(String name, Path to) {
    List<Path> archives = archives(name);
    if (archives.size() != 1) {
      throw new AssertionError(name + " is there " + archives.size() + " times in " + FOLDER);
    }
    GitRepository repository = GitRepository.init(to);
    try (ZipInputStream zip = new ZipInputStream(Files.newInputStream(archives.get(0)))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        unpack(zip, entry, to);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    repository.commit("The sources of " + name);
    return repository;
  }

  private static void unpack(InputStream in, ZipEntry entry, Path folder) throws IOException {
    Path file = folder.resolve(entry.getName()).normalize();
    if (!entry.isDirectory() && file.startsWith(folder)) {
      Files.createDirectories(Objects.requireNonNull(file.getParent()));
      Files.copy(in, file);
    }
  }

  private static List<Path> archives(String name) {
    if (!Files.isDirectory(FOLDER)) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(FOLDER)) {
      return all.filter(file -> String.valueOf(file.getFileName()).startsWith(name)).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
