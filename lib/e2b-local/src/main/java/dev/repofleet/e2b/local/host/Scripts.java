package dev.repofleet.e2b.local.host;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;

/** The shell scripts that run inside sandboxes, as text. */
public final class Scripts {
  static final String INIT = load("init.sh");
  static final String SUPERVISE = load("supervise.sh");
  static final String LAUNCH = load("launch.sh");
  static final String EXEC = load("exec.sh");
  static final String FILES = load("files.sh");
  public static final String COPY = load("copy.sh");

  private Scripts() {}

  /** One word of a POSIX shell. */
  public static String quoted(String word) {
    return "'" + word.replace("'", "'\\''") + "'";
  }

  private static String load(String name) {
    try (InputStream in = Scripts.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("the resource " + name + " is missing from the jar");
      }
      // Without the comment lines: the rest shows up in process lists.
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.stripLeading().startsWith("#"))
          .collect(Collectors.joining("\n"));
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }
}
