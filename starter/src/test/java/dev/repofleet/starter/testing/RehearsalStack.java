package dev.repofleet.starter.testing;

import dev.repofleet.e2b.local.host.Isolation;
import dev.repofleet.starter.command.LocalStack;
import dev.repofleet.starter.command.LocalStackOptions;
import dev.repofleet.starter.embedded.EmbeddedStack;
import dev.repofleet.starter.embedded.SeparateTemporal;
import dev.repofleet.workflows.AgentKind;
import dev.repofleet.workflows.Fleet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;

/** A whole fleet in this process that rehearses, whatever keys the environment has. */
public final class RehearsalStack {
  private RehearsalStack() {}

  /** Writes {@code asking.yaml}: a plan whose follow-up waits for a person's approval. */
  public static void writeAskingPlan(Path folder) throws IOException {
    Files.writeString(
        folder.resolve("asking.yaml"),
        """
        name: asking
        prompt: Review this repository for the rules.
        rules: [insecure-deserialization]
        followUps:
          - prompt: Fix the first of the findings.
            when: always
            approval: required
        """);
  }

  /** Starts it over a folder; skips the test where sandboxes can't be isolated, except under CI. */
  public static LocalStack open(Path data) {
    Isolation isolation = Isolation.detect();
    Assumptions.assumeTrue(
        isolation.isolated() || "true".equals(System.getenv("CI")), isolation.reason());
    Map<String, String> environment = new HashMap<>(System.getenv());
    environment
        .keySet()
        .removeIf(
            name ->
                name.startsWith("E2B_")
                    || name.startsWith("ANTHROPIC_")
                    || name.startsWith("CLAUDE_CODE_")
                    || name.equals("REPOFLEET_ARTIFACTS"));
    environment.put("REPOFLEET_TEMPORAL", SeparateTemporal.program().toString());
    return EmbeddedStack.open(
        new LocalStackOptions(
            environment,
            Path.of(System.getProperty("user.home")),
            data,
            Fleet.DEFAULT,
            AgentKind.REHEARSAL,
            false),
        line -> {});
  }
}
