import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.repofleet.e2b.Command;
import dev.repofleet.e2b.E2bClient;
import dev.repofleet.e2b.E2bOptions;
import dev.repofleet.e2b.Sandbox;
import dev.repofleet.e2b.SandboxSpec;
import java.time.Duration;

/** Claude Code's answer as one JSON object, for the next program. */
class StructuredOutput {
  public static void main(String[] arguments) throws Exception {
    try (E2bClient e2b = new E2bClient(E2bOptions.fromEnvironment(System.getenv()))) {
      Sandbox sandbox =
          e2b.create(
              SandboxSpec.builder()
                  .template("claude")
                  .envVar("ANTHROPIC_API_KEY", System.getenv("ANTHROPIC_API_KEY"))
                  .build());
      try {
        String output =
            sandbox
                .commands()
                .run(
                    Command.builder(
                            "claude",
                            "--dangerously-skip-permissions",
                            "--output-format",
                            "json",
                            "-p",
                            "Review this codebase and list all security issues as JSON")
                        .timeout(Duration.ofMinutes(4))
                        .build())
                .stdout();
        JsonNode response = new ObjectMapper().readTree(output);
        System.out.println("session " + response.path("session_id").asText());
        System.out.println("cost " + response.path("total_cost_usd").asText());
        System.out.println(response.path("result").asText());
      } finally {
        sandbox.kill();
      }
    }
  }
}
