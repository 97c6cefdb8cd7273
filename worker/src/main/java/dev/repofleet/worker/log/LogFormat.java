package dev.repofleet.worker.log;

import java.util.Locale;
import java.util.Map;

/** How a process writes its log. */
public enum LogFormat {
  /** A line for people. */
  TEXT,
  /** One JSON object a line. */
  JSON;

  /** The variable that chooses. */
  public static final String VARIABLE = "REPOFLEET_LOG";

  /**
   * What the environment asks for; {@link #TEXT} where it asks for nothing.
   *
   * @throws IllegalArgumentException with a sentence for people when it asks for something else
   */
  public static LogFormat of(Map<String, String> environment) {
    String wanted = environment.getOrDefault(VARIABLE, "").strip().toLowerCase(Locale.ROOT);
    return switch (wanted) {
      case "", "text" -> TEXT;
      case "json" -> JSON;
      default ->
          throw new IllegalArgumentException(
              VARIABLE + " is \"" + wanted + "\": set it to text or json");
    };
  }
}
