package dev.repofleet.starter.review;

import dev.repofleet.starter.render.TextStyle;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How wide and colourful standard output may be. */
final class TerminalStyle {
  /** Of a terminal that does not say. */
  private static final int USUAL_WIDTH = 80;

  private static final int LEAST_WIDTH = 40;
  private static final int MOST_WIDTH = 2000;

  /**
   * Says nothing when standard output is no terminal, else its size. A shell is asked, since Java
   * can tell neither, and differently so from version to version.
   */
  private static final String QUESTION =
      "test -t 1 && { echo terminal; stty size < /dev/tty; } >&2";

  private static final Pattern COLUMNS = Pattern.compile("(?m)^\\d{1,6} (\\d{1,6})$");

  private TerminalStyle() {}

  /** Plain when there is no terminal; without colours when {@code NO_COLOR} is set. */
  static TextStyle of(Map<String, String> environment) {
    String answer = ask();
    if (!answer.startsWith("terminal")) {
      return TextStyle.PLAIN;
    }
    Matcher columns = COLUMNS.matcher(answer);
    int width = columns.find() ? Integer.parseInt(columns.group(1)) : USUAL_WIDTH;
    boolean colours =
        environment.getOrDefault("NO_COLOR", "").isEmpty()
            && !environment.getOrDefault("TERM", "dumb").equals("dumb");
    return new TextStyle(Math.max(LEAST_WIDTH, Math.min(MOST_WIDTH, width)), colours);
  }

  private static String ask() {
    try {
      Process shell =
          new ProcessBuilder("sh", "-c", QUESTION)
              .redirectOutput(ProcessBuilder.Redirect.INHERIT)
              .start();
      try (InputStream answer = shell.getErrorStream()) {
        return new String(answer.readNBytes(200), StandardCharsets.UTF_8);
      }
    } catch (IOException e) {
      // No shell, no terminal to speak of.
      return "";
    }
  }
}
