package dev.repofleet.starter.command;

import dev.repofleet.starter.render.TextStyle;
import java.util.Map;

/** How wide and colourful what is written may be. */
public final class TerminalStyle {
  private TerminalStyle() {}

  /**
   * For standard output: plain when that is no terminal, without colours when {@code NO_COLOR} is
   * set.
   */
  public static TextStyle of(Map<String, String> environment) {
    return TerminalSize.outputIsTerminal()
        ? on(environment, TerminalSize.now().columns())
        : TextStyle.PLAIN;
  }

  /** Whether something may be drawn: both streams go to a terminal that can move its cursor. */
  public static boolean mayDraw(Map<String, String> environment) {
    return !isDumb(environment)
        && TerminalSize.outputIsTerminal()
        && TerminalSize.errorIsTerminal();
  }

  /** On a terminal of this width. */
  public static TextStyle on(Map<String, String> environment, int columns) {
    boolean colours = environment.getOrDefault("NO_COLOR", "").isEmpty() && !isDumb(environment);
    return new TextStyle(columns, colours);
  }

  private static boolean isDumb(Map<String, String> environment) {
    String terminal = environment.getOrDefault("TERM", "");
    return terminal.isEmpty() || terminal.equals("dumb");
  }
}
