package dev.repofleet.starter.command;

import java.io.IOException;
import java.io.InputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How large the terminal is. A shell is asked, since Java can tell neither that nor whether a
 * stream is a terminal, the latter differently from version to version.
 *
 * @param columns 40 to 2,000
 * @param rows 3 to 1,000
 */
public record TerminalSize(int columns, int rows) {
  /** Of a terminal that does not say. */
  private static final TerminalSize USUAL = new TerminalSize(80, 24);

  private static final Pattern ANSWER = Pattern.compile("(?m)^(\\d{1,6}) (\\d{1,6})$");

  /** Keeps both within bounds. */
  public TerminalSize {
    columns = Math.max(40, Math.min(2000, columns));
    rows = Math.max(3, Math.min(1000, rows));
  }

  /** Whether standard output is a terminal. */
  public static boolean outputIsTerminal() {
    return ask("test -t 1 && echo yes >&2", true).startsWith("yes");
  }

  /** Whether standard error is a terminal. */
  static boolean errorIsTerminal() {
    return ask("test -t 2 && echo yes", false).startsWith("yes");
  }

  /** As it is now; 80 × 24 where the terminal does not say. Takes some milliseconds. */
  public static TerminalSize now() {
    Matcher answer = ANSWER.matcher(ask("stty size < /dev/tty", false));
    if (!answer.find() || answer.group(2).equals("0")) {
      return USUAL;
    }
    return new TerminalSize(Integer.parseInt(answer.group(2)), Integer.parseInt(answer.group(1)));
  }

  /** The answer comes on the stream that is not asked about. */
  private static String ask(String question, boolean aboutOutput) {
    try {
      ProcessBuilder builder = new ProcessBuilder("sh", "-c", question);
      Process shell =
          (aboutOutput
                  ? builder.redirectOutput(Redirect.INHERIT)
                  : builder.redirectError(Redirect.INHERIT))
              .start();
      try (InputStream answer = aboutOutput ? shell.getErrorStream() : shell.getInputStream()) {
        return new String(answer.readNBytes(200), StandardCharsets.UTF_8);
      }
    } catch (IOException e) {
      // No shell, no terminal to speak of.
      return "";
    }
  }
}
