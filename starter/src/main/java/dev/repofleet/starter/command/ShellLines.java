package dev.repofleet.starter.command;

import java.util.List;
import java.util.Map;

/** What is told so that it can be typed into a shell. Thread-safe. */
public final class ShellLines {
  private ShellLines() {}

  /** One {@code export NAME='value'} a variable; quoted only where a shell needs it. */
  public static List<String> exports(Map<String, String> variables) {
    return variables.entrySet().stream()
        .map(variable -> "export " + variable.getKey() + "=" + word(variable.getValue()))
        .toList();
  }

  /** A value as one word; quoted only where a shell would take it apart. */
  public static String word(String value) {
    return value.matches("[A-Za-z0-9_./:@%+=-]+") ? value : "'" + value.replace("'", "'\\''") + "'";
  }
}
