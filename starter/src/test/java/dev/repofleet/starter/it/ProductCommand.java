package dev.repofleet.starter.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How the program is started in a process of its own: by the Java whose home {@code
 * REPOFLEET_IT_JAVA_HOME} names, or by the one that runs the tests. What is started is the built
 * jar where the build names it, else what the tests run from.
 */
public final class ProductCommand {
  /** Options of the JVM, with blanks between them. */
  public static final String JVM = "repofleet.it.jvm";

  static final String MAIN = "dev.repofleet.starter.RepoFleet";

  /** Several of them beside each other. */
  private static final String QUICK_START = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx512m";

  private static final String JAR = "repofleet.it.jar";

  /** Also a variable of a single process, which is started by that Java then. */
  static final String JAVA_HOME = "REPOFLEET_IT_JAVA_HOME";

  private static final Pattern VERSION = Pattern.compile("(?m)^JAVA_VERSION=\"(\\d+)");

  private ProductCommand() {}

  /** Before the program's own arguments. */
  static List<String> words() {
    return words(System.getenv());
  }

  /** As {@link #words()}, with the Java that these variables name. */
  static List<String> words(Map<String, String> environment) {
    Path home = Path.of(environment.getOrDefault(JAVA_HOME, System.getProperty("java.home")));
    int version = version(home);
    List<String> words = new ArrayList<>();
    words.add(home.resolve("bin/java").toString());
    words.addAll(List.of(System.getProperty(JVM, QUICK_START).split(" ", -1)));
    if (version >= 23) {
      // As the launcher does, and the jar's manifest.
      words.add("--sun-misc-unsafe-memory-access=allow");
      words.add("--enable-native-access=ALL-UNNAMED");
    }
    String jar = System.getProperty(JAR);
    if (jar == null) {
      words.addAll(List.of("-cp", System.getProperty("java.class.path"), MAIN));
    } else {
      words.addAll(List.of("-cp", jar));
      if (version >= StartCache.FROM_VERSION) {
        words.add("-XX:AOTCache=" + StartCache.of(Path.of(jar), words));
      }
      words.add(MAIN);
    }
    return words;
  }

  private static int version(Path home) {
    try {
      Matcher matcher = VERSION.matcher(Files.readString(home.resolve("release")));
      return matcher.find() ? Integer.parseInt(matcher.group(1)) : 0;
    } catch (IOException e) {
      throw new UncheckedIOException("no Java at " + home, e);
    }
  }
}
