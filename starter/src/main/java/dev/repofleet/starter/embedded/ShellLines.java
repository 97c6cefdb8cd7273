package dev.repofleet.starter.embedded;

import java.util.List;
import java.util.Map;

/** Variables as lines that a shell reads. */
final class ShellLines {
  private ShellLines() {}

  /** One {@code export NAME='value'} a variable; quoted only where a shell needs it. */
  static List<String> exports(Map<String, String> variables) {
    return variables.entrySet().stream()
        .map(variable -> "export " + variable.getKey() + "=" + quote(variable.getValue()))
        .toList();
  }

  private static String quote(String value) {
    return value.matches("[A-Za-z0-9_./:@%+=-]+") ? value : "'" + value.replace("'", "'\\''") + "'";
  }
}
