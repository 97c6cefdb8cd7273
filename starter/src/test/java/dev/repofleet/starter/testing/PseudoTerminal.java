package dev.repofleet.starter.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;

/**
 * A real terminal of 100 columns and 30 rows, made by util-linux's {@code script}, in which the
 * program runs in a process of its own, between two looks at the terminal's settings.
 */
public final class PseudoTerminal implements AutoCloseable {

  /** A program that was killed can't wait until the settings are back. */
  private static final String AROUND =
      """
      stty rows 30 cols 100
      before=$(stty -g)
      echo "device $(tty)"
      sh -c 'echo "pid $$"; exec "$@"' program "$@"
      code=$?
      looks=0
      while [ "$(stty -g)" != "$before" ] && [ $looks -lt 300 ]; do
        looks=$((looks + 1))
        sleep 0.1
      done
      [ "$(stty -g)" = "$before" ] && echo "settings are back" || echo "settings are changed"
      echo "exit code $code"
      """;

  private final Process script;
  private final OutputStream keyboard;
  private final StringBuilder shown = new StringBuilder();

  private PseudoTerminal(Process script) {
    this.script = script;
    this.keyboard = script.getOutputStream();
    Thread reader = new Thread(this::read, "pseudo-terminal");
    reader.setDaemon(true);
    reader.start();
  }

  /** Skips the test where {@code script} is not util-linux's; under {@code CI=true} that fails. */
  public static void require() {
    String version;
    try {
      Process script = new ProcessBuilder("script", "--version").start();
      version = new String(script.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException missing) {
      version = missing.toString();
    }
    boolean there = version.contains("util-linux");
    if (!there && "true".equals(System.getenv("CI"))) {
      throw new AssertionError("CI lacks util-linux's script: " + version);
    }
    Assumptions.assumeTrue(there, "this machine lacks util-linux's script");
  }

  /** Runs a command line of the program, in this environment besides this process's own. */
  public static PseudoTerminal run(Path folder, Map<String, String> environment, String... words)
      throws IOException {
    Path around = Files.writeString(folder.resolve("around.sh"), AROUND);
    List<String> command =
        new ArrayList<>(
            List.of(
                "sh",
                around.toString(),
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.repofleet.starter.RepoFleet"));
    command.addAll(List.of(words));
    String line =
        String.join(
            " ", command.stream().map(word -> "'" + word.replace("'", "'\\''") + "'").toList());
    ProcessBuilder builder =
        new ProcessBuilder("script", "-q", "-f", "-e", "-c", line, "/dev/null")
            .redirectErrorStream(true);
    builder.environment().putAll(environment);
    return new PseudoTerminal(builder.start());
  }

  private void read() {
    byte[] bytes = new byte[8192];
    try (InputStream in = script.getInputStream()) {
      for (int length = in.read(bytes); length >= 0; length = in.read(bytes)) {
        synchronized (shown) {
          shown.append(new String(bytes, 0, length, StandardCharsets.UTF_8));
          shown.notifyAll();
        }
      }
    } catch (IOException closed) {
      return;
    }
  }

  /** Types: {@code \r} is the key Enter. */
  public void type(String keys) throws IOException {
    keyboard.write(keys.getBytes(StandardCharsets.UTF_8));
    keyboard.flush();
  }

  /** Waits until it has shown this, after what was waited for before; that is taken away. */
  public String awaitText(String text) throws InterruptedException {
    return awaitMatch(Pattern.quote(text)).group();
  }

  /** As {@link #awaitText}, for an expression. */
  public Matcher awaitMatch(String expression) throws InterruptedException {
    Pattern pattern = Pattern.compile(expression);
    long begin = System.nanoTime();
    synchronized (shown) {
      while (true) {
        Matcher matcher = pattern.matcher(shown.toString());
        if (matcher.find()) {
          shown.delete(0, matcher.end());
          return matcher;
        }
        long left = Waiting.LONG.minusNanos(System.nanoTime() - begin).toMillis();
        if (left <= 0) {
          throw new AssertionError("never shown: " + expression + "; but: " + shown);
        }
        shown.wait(left);
      }
    }
  }

  /** Waits for the end of the program: its exit code, with the settings as they were. */
  public int awaitExit() throws InterruptedException {
    awaitText("settings are back");
    return Integer.parseInt(awaitMatch("exit code (\\d+)\r?\n").group(1));
  }

  @Override
  public void close() {
    script.descendants().forEach(ProcessHandle::destroyForcibly);
    script.destroyForcibly();
  }
}
