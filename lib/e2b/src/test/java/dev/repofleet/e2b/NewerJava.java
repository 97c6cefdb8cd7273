package dev.repofleet.e2b;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Looks for a JDK of this machine that is new enough, as the launcher does. */
final class NewerJava {
  private static final Pattern VERSION = Pattern.compile("(?m)^JAVA_VERSION=\"(\\d+)");

  private NewerJava() {}

  /** The program {@code java} of the newest one of at least this version. */
  static Optional<Path> atLeast(int version) throws IOException {
    List<Path> homes = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"))));
    String configured = System.getenv("JAVA_HOME");
    if (configured != null && !configured.isBlank()) {
      homes.add(Path.of(configured));
    }
    for (String parent : List.of("/usr/lib/jvm", "/opt/java")) {
      if (Files.isDirectory(Path.of(parent))) {
        try (DirectoryStream<Path> children = Files.newDirectoryStream(Path.of(parent))) {
          children.forEach(homes::add);
        }
      }
    }
    Path best = null;
    int highest = version - 1;
    for (Path home : homes) {
      int found = version(home);
      if (found > highest) {
        highest = found;
        best = home.resolve("bin/java");
      }
    }
    return Optional.ofNullable(best);
  }

  private static int version(Path home) throws IOException {
    Path release = home.resolve("release");
    if (!Files.isReadable(release) || !Files.isExecutable(home.resolve("bin/java"))) {
      return 0;
    }
    Matcher matcher = VERSION.matcher(Files.readString(release));
    return matcher.find() ? Integer.parseInt(matcher.group(1)) : 0;
  }
}
