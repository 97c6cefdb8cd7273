import dev.repofleet.e2b.Command;
import dev.repofleet.e2b.CommandResult;
import dev.repofleet.e2b.E2bClient;
import dev.repofleet.e2b.E2bOptions;
import dev.repofleet.e2b.OutputListener;
import dev.repofleet.e2b.RunningCommand;
import dev.repofleet.e2b.Sandbox;
import dev.repofleet.e2b.SandboxSpec;
import java.time.Duration;
import java.util.Map;

/**
 * Claude Code with the tools of an MCP server behind E2B's gateway. The argument is a template that
 * has both programs; the server's key is BROWSERBASE_API_KEY.
 */
class McpTools {
  public static void main(String[] arguments) {
    try (E2bClient e2b = new E2bClient(E2bOptions.fromEnvironment(System.getenv()))) {
      // Starts the gateway as well, and leaves no sandbox behind where that fails.
      Sandbox sandbox =
          e2b.create(
              SandboxSpec.builder()
                  .template(arguments[0])
                  .timeout(Duration.ofMinutes(10))
                  .envVar("ANTHROPIC_API_KEY", System.getenv("ANTHROPIC_API_KEY"))
                  .mcp(
                      "browserbase",
                      Map.of(
                          "apiKey", System.getenv("BROWSERBASE_API_KEY"),
                          "projectId", System.getenv("BROWSERBASE_PROJECT_ID")))
                  .build());
      try {
        CommandResult added =
            sandbox
                .commands()
                .run(
                    Command.of(
                        "claude",
                        "mcp",
                        "add",
                        "--transport",
                        "http",
                        "e2b-mcp-gateway",
                        sandbox.mcp().urlInside().toString(),
                        "--header",
                        "Authorization: Bearer " + sandbox.mcp().token()));
        if (!added.succeeded()) {
          throw new IllegalStateException(added.stderr());
        }
        System.out.print(sandbox.commands().run(Command.of("claude", "mcp", "list")).stdout());
        try (RunningCommand claude =
            sandbox
                .commands()
                .start(
                    Command.builder(
                            "claude",
                            "--dangerously-skip-permissions",
                            "-p",
                            "Use browserbase to research E2B and summarize your findings")
                        // Else the agent begins without a server that is not there at once.
                        .env("MCP_CONNECTION_NONBLOCKING", "0")
                        .env("MCP_CONNECT_TIMEOUT_MS", "60000")
                        .timeout(Duration.ofMinutes(9))
                        .build(),
                    OutputListener.text(System.out::print, System.err::print))) {
          claude.awaitExit(Duration.ofMinutes(10)).orElseThrow();
        }
      } finally {
        sandbox.kill();
      }
    }
  }
}
