package dev.repofleet.starter.out;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** The person's browser, if there is one. */
final class Browser {
  private static final Pattern COLON = Pattern.compile(":");

  /** Those programs hand over to the browser and end; one that stays is the browser itself. */
  private static final long HANDED_OVER_SECONDS = 5;

  private final Path program;

  private Browser(Path program) {
    this.program = program;
  }

  /** {@code BROWSER}, else what the desktop opens addresses with; empty where there is none. */
  static Optional<Browser> find(Map<String, String> environment) {
    String named = environment.getOrDefault("BROWSER", "").strip();
    boolean mac = System.getProperty("os.name", "").toLowerCase(Locale.ROOT).contains("mac");
    boolean desktop =
        mac
            || !environment.getOrDefault("DISPLAY", "").isEmpty()
            || !environment.getOrDefault("WAYLAND_DISPLAY", "").isEmpty();
    if (named.isEmpty() && !desktop) {
      return Optional.empty();
    }
    List<String> names = named.isEmpty() ? List.of(mac ? "open" : "xdg-open") : List.of(named);
    return names.stream().flatMap(name -> program(name, environment).stream()).findFirst();
  }

  private static Optional<Browser> program(String name, Map<String, String> environment) {
    return COLON
        .splitAsStream(environment.getOrDefault("PATH", ""))
        .map(folder -> Path.of(folder).resolve(name))
        .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
        .map(Browser::new)
        .findFirst();
  }

  /** Whether the address was handed over. */
  boolean open(URI address) throws InterruptedException {
    try {
      Process process =
          new ProcessBuilder(program.toString(), address.toString())
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      return !process.waitFor(HANDED_OVER_SECONDS, TimeUnit.SECONDS) || process.exitValue() == 0;
    } catch (IOException e) {
      return false;
    }
  }
}
