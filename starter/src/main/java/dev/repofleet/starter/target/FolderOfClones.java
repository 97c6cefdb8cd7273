package dev.repofleet.starter.target;

import dev.repofleet.artifacts.target.TargetParser;
import dev.repofleet.artifacts.target.TargetSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The repositories that lie side by side in a folder. Stateless. */
final class FolderOfClones {
  private FolderOfClones() {}

  /**
   * A target for each repository in the folder, by name, with the ref and the folder that were
   * asked for.
   *
   * @param folder real path of what the target names
   */
  static List<TargetSpec> in(TargetSpec spec, Path folder) {
    try (Stream<Path> children = Files.list(folder)) {
      return children
          .filter(FolderOfClones::looksLikeRepository)
          .map(child -> String.valueOf(child.getFileName()))
          .sorted()
          .map(name -> child(spec, name))
          .toList();
    } catch (IOException e) {
      throw new TargetException("'" + spec.target() + "' can't be read: " + e.getMessage());
    }
  }

  /** One with a working tree, or a bare one. Git itself judges later. */
  private static boolean looksLikeRepository(Path folder) {
    return Files.exists(folder.resolve(".git"))
        || (Files.isRegularFile(folder.resolve("HEAD"))
            && Files.isDirectory(folder.resolve("objects"))
            && Files.isDirectory(folder.resolve("refs")));
  }

  private static TargetSpec child(TargetSpec spec, String name) {
    String path = spec.url() + (spec.url().endsWith("/") ? "" : "/") + name;
    String ref = spec.ref() == null ? "" : "@" + spec.ref();
    String subpath = spec.subpath() == null ? "" : "#" + spec.subpath();
    return new TargetSpec(
        TargetSpec.Kind.PATH,
        path,
        spec.ref(),
        spec.subpath(),
        TargetParser.display(path + ref + subpath));
  }
}
