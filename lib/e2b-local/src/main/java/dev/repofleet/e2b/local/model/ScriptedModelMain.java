package dev.repofleet.e2b.local.model;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * The scripted model as a process of its own, with the {@link ReviewScenario}.
 *
 * <p>It prints its address as the only line on stdout and runs until its stdin ends, so that it
 * never outlives the process that started it.
 */
public final class ScriptedModelMain {
  private ScriptedModelMain() {}

  /**
   * Options, each with a value: {@code --port} (0, a free one), {@code --extra-turns} (0), {@code
   * --delay-millis} (0), {@code --seed} (1).
   *
   * @throws IOException when stdin can't be read
   */
  public static void main(String[] args) throws IOException {
    ReviewOptions options = ReviewOptions.DEFAULTS;
    int port = 0;
    List<String> arguments = List.of(args);
    for (int i = 0; i + 1 < arguments.size(); i += 2) {
      long value = Long.parseLong(arguments.get(i + 1));
      switch (arguments.get(i)) {
        case "--port" -> port = Math.toIntExact(value);
        case "--extra-turns" -> options = options.withExtraTurns(Math.toIntExact(value));
        case "--delay-millis" -> options = options.withDelay(Duration.ofMillis(value));
        case "--seed" -> options = options.withSeed(value);
        default -> throw new IllegalArgumentException("unknown option " + arguments.get(i));
      }
    }
    try (ScriptedModel model = ScriptedModel.start(port, new ReviewScenario(options))) {
      System.out.println(model.uri());
      System.in.transferTo(java.io.OutputStream.nullOutputStream());
    }
  }
}
