package dev.repofleet.e2b.local.scenario;

import dev.repofleet.e2b.E2bClient;
import dev.repofleet.e2b.E2bOptions;
import dev.repofleet.e2b.Sandbox;
import dev.repofleet.e2b.SandboxSpec;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** What the official SDK's script does, through the Java client, in the same order. */
public final class JavaScenarios {
  static final Map<String, String> LABELS = Map.of("app", "rev iew", "k", "a=b&c");

  private static final List<Scenario> ALL =
      List.of(
          new CommandsScenario(),
          new FilesScenario(),
          new WatchScenario(),
          new TerminalScenario(),
          new GitScenario(),
          new SnapshotScenario(),
          new MetricsScenario(),
          new NetworkScenario(),
          new HostScenario(),
          new TemplatesScenario(),
          new McpScenario(),
          new LifeScenario());

  private JavaScenarios() {}

  /**
   * Runs all; one that fails says so and does not stop the others.
   *
   * @param work a folder to write in
   * @return name → value, as the script prints them
   */
  public static Map<String, String> observe(URI server, String apiKey, Path work) {
    Observations seen = new Observations();
    String url = server.toString();
    E2bOptions options = E2bOptions.builder().apiKey(apiKey).apiUrl(url).sandboxUrl(url).build();
    try (E2bClient client = new E2bClient(options)) {
      Sandbox sandbox =
          client.create(
              SandboxSpec.builder()
                  .template("claude")
                  .timeout(Duration.ofMinutes(10))
                  .metadata(LABELS)
                  .envVar("A", "1")
                  .build());
      try {
        World world = new World(client, sandbox, server, work);
        ALL.forEach(scenario -> run(scenario, world, seen));
      } finally {
        sandbox.kill();
      }
    }
    return seen.values();
  }

  private static void run(Scenario scenario, World world, Observations seen) {
    try {
      scenario.observe(world, seen);
    } catch (Exception | AssertionError e) {
      seen.say(scenario.name() + ".failed", e.toString());
    }
  }
}
