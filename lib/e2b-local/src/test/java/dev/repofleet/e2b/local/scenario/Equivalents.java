package dev.repofleet.e2b.local.scenario;

import java.util.Map;

/**
 * Observations whose value is a word of the language: what the script sees, and what Java must see
 * then. Everything else is compared as it is.
 */
public final class Equivalents {
  private record Pair(String script, String java) {}

  private static final Map<String, Pair> PAIRS =
      Map.of(
          // An exit code is a result in Java, an exception in JavaScript.
          "commands.exit", new Pair("CommandExitError 5", "exit code 5"),
          "commands.killed.how", new Pair("CommandExitError", "signal killed"),
          "pty.end", new Pair("CommandExitError", "signal killed"),
          "commands.limit", new Pair("TimeoutError", "CommandTimeoutException"),
          "commands.cwd", new Pair("InvalidArgumentError", "invalid_argument"),
          "files.missing", new Pair("FileNotFoundError", "NotFoundException"),
          "templates.failure", new Pair("BuildError", "TemplateBuildException"),
          "life.template", new Pair("SandboxError", "NotFoundException"));

  private Equivalents() {}

  /** What Java must observe where the script observed {@code value}. */
  public static String inJava(String name, String value) {
    Pair pair = PAIRS.get(name);
    return pair != null && pair.script().equals(value) ? pair.java() : value;
  }
}
