package dev.repofleet.e2b;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** Which files of a context a copy means. Immutable. */
final class ContextFiles {
  private static final String IGNORE_FILE = ".dockerignore";

  /** A line of the file. */
  private record Rule(PathPattern pattern, boolean takesBack) {}

  private final Path context;
  private final List<Rule> rules;

  private ContextFiles(Path context, List<Rule> rules) {
    this.context = context;
    this.rules = rules;
  }

  /** Of the folder that the context names, also by a link; links below it are not followed. */
  static ContextFiles of(Path named) throws IOException {
    Path context = named.toRealPath();
    List<Rule> rules = new ArrayList<>();
    Path file = context.resolve(IGNORE_FILE);
    if (Files.isRegularFile(file)) {
      for (String line : Files.readAllLines(file)) {
        String text = line.strip();
        boolean takesBack = text.startsWith("!");
        String glob =
            (takesBack ? text.substring(1).strip() : text).replaceAll("^(\\./|/)+|/+$", "");
        if (!glob.isEmpty() && !text.startsWith("#")) {
          rules.add(new Rule(PathPattern.of(glob), takesBack));
        }
      }
    }
    return new ContextFiles(context, rules);
  }

  /** The paths that a source means, by name relative to the context, folders before their files. */
  SortedMap<String, Path> of(String source) throws IOException {
    PathPattern wanted = PathPattern.of(source.equals(".") ? "**" : source);
    SortedMap<String, Path> found = new TreeMap<>();
    Files.walkFileTree(
        context,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes) {
            String name = name(path);
            if (name.isEmpty()) {
              return FileVisitResult.CONTINUE;
            }
            boolean ignored = isIgnored(name);
            if (!ignored && wanted.covers(name)) {
              found.put(name, path);
            }
            // A later line may take back a part of what a folder's name leaves out.
            boolean hopeless = ignored && rules.stream().noneMatch(Rule::takesBack);
            return hopeless ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path path, BasicFileAttributes attributes) {
            String name = name(path);
            if (wanted.covers(name) && !isIgnored(name)) {
              found.put(name, path);
            }
            return FileVisitResult.CONTINUE;
          }

          /** A folder is opened before it is asked whether anything of it is wanted. */
          @Override
          public FileVisitResult visitFileFailed(Path path, IOException failed) throws IOException {
            String name = name(path);
            boolean hopeless =
                isIgnored(name)
                    && rules.stream()
                        .noneMatch(rule -> rule.takesBack() && rule.pattern().mayBeBelow(name));
            boolean elsewhere = !wanted.covers(name) && !wanted.mayBeBelow(name);
            if (!name.isEmpty() && (hopeless || elsewhere)) {
              return FileVisitResult.CONTINUE;
            }
            throw failed;
          }
        });
    return found;
  }

  private String name(Path path) {
    return context.relativize(path).toString().replace(path.getFileSystem().getSeparator(), "/");
  }

  private boolean isIgnored(String name) {
    boolean ignored = false;
    for (Rule rule : rules) {
      if (rule.pattern().covers(name)) {
        ignored = !rule.takesBack();
      }
    }
    return ignored;
  }
}
