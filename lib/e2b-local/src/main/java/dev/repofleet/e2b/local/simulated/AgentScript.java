package dev.repofleet.e2b.local.simulated;

import java.time.Duration;
import java.util.Map;

/**
 * How the simulated agent behaves. A run may ask for other values by its variables {@code
 * SIMULATED_SECONDS}, {@code SIMULATED_MESSAGES}, {@code SIMULATED_MESSAGE_BYTES} and {@code
 * SIMULATED_FINDINGS}. Immutable.
 *
 * @param duration from start to result, spread evenly over the messages; up to a day
 * @param messages of the agent before its result, 0 to 100,000
 * @param messageBytes of text in each, 0 to 1,000,000
 * @param findings in the answer, 0 to 10,000
 */
public record AgentScript(Duration duration, int messages, int messageBytes, int findings) {
  /** Refuses values out of bounds. */
  public AgentScript {
    require(
        !duration.isNegative() && duration.compareTo(Duration.ofDays(1)) <= 0,
        "duration must be 0 to 24 h, not " + duration);
    require(messages >= 0 && messages <= 100_000, "messages must be 0 to 100000");
    require(messageBytes >= 0 && messageBytes <= 1_000_000, "messageBytes must be 0 to 1000000");
    require(findings >= 0 && findings <= 10_000, "findings must be 0 to 10000");
  }

  /** Two seconds, ten messages of 500 bytes, one finding. */
  public static AgentScript standard() {
    return new AgentScript(Duration.ofSeconds(2), 10, 500, 1);
  }

  /**
   * With what a run asks for by its variables.
   *
   * @throws IllegalArgumentException if a variable is no number or out of bounds
   */
  AgentScript askedFor(Map<String, String> variables) {
    String seconds = variables.get("SIMULATED_SECONDS");
    return new AgentScript(
        seconds == null ? duration : Interpreters.seconds(seconds),
        number(variables, "SIMULATED_MESSAGES", messages),
        number(variables, "SIMULATED_MESSAGE_BYTES", messageBytes),
        number(variables, "SIMULATED_FINDINGS", findings));
  }

  private static int number(Map<String, String> variables, String name, int otherwise) {
    String given = variables.get(name);
    return given == null ? otherwise : Integer.parseInt(given);
  }

  private static void require(boolean holds, String message) {
    if (!holds) {
      throw new IllegalArgumentException(message);
    }
  }
}
