import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.repofleet.e2b.Command;
import dev.repofleet.e2b.E2bClient;
import dev.repofleet.e2b.E2bOptions;
import dev.repofleet.e2b.OutputListener;
import dev.repofleet.e2b.RunningCommand;
import dev.repofleet.e2b.Sandbox;
import dev.repofleet.e2b.SandboxSpec;
import java.time.Duration;

/** What Claude Code does while it does it: an event a line. */
class StreamingOutput {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** A chunk ends anywhere: what is no whole line yet waits for the rest. */
  private static final StringBuilder PENDING = new StringBuilder();

  public static void main(String[] arguments) {
    try (E2bClient e2b = new E2bClient(E2bOptions.fromEnvironment(System.getenv()))) {
      Sandbox sandbox =
          e2b.create(
              SandboxSpec.builder()
                  .template("claude")
                  .envVar("ANTHROPIC_API_KEY", System.getenv("ANTHROPIC_API_KEY"))
                  .build());
      try (RunningCommand claude =
          sandbox
              .commands()
              .start(
                  Command.builder(
                          "claude",
                          "--dangerously-skip-permissions",
                          "--output-format",
                          "stream-json",
                          "--verbose",
                          "-p",
                          "Find and fix all TODO comments")
                      .timeout(Duration.ofMinutes(4))
                      .build(),
                  OutputListener.text(StreamingOutput::chunk, System.err::print))) {
        claude.awaitExit(Duration.ofMinutes(5)).orElseThrow();
      } finally {
        sandbox.kill();
      }
    }
  }

  private static void chunk(String text) {
    PENDING.append(text);
    for (int end = PENDING.indexOf("\n"); end >= 0; end = PENDING.indexOf("\n")) {
      event(PENDING.substring(0, end));
      PENDING.delete(0, end + 1);
    }
  }

  private static void event(String line) {
    try {
      JsonNode event = JSON.readTree(line);
      switch (event.path("type").asText()) {
        case "assistant" ->
            System.out.println(
                "[assistant] tokens: " + event.at("/message/usage/output_tokens").asInt());
        case "result" ->
            System.out.println(
                "[done] "
                    + event.path("subtype").asText()
                    + " in "
                    + event.path("duration_ms").asLong()
                    + " ms");
        default -> {}
      }
    } catch (JsonProcessingException e) {
      System.err.println("not an event: " + line);
    }
  }
}
