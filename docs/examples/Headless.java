import dev.repofleet.e2b.Command;
import dev.repofleet.e2b.CommandResult;
import dev.repofleet.e2b.E2bClient;
import dev.repofleet.e2b.E2bOptions;
import dev.repofleet.e2b.Sandbox;
import dev.repofleet.e2b.SandboxSpec;
import java.time.Duration;

/** Claude Code once, without a terminal, in a sandbox that ends with it. */
class Headless {
  public static void main(String[] arguments) {
    try (E2bClient e2b = new E2bClient(E2bOptions.fromEnvironment(System.getenv()))) {
      Sandbox sandbox =
          e2b.create(
              SandboxSpec.builder()
                  .template("claude")
                  .envVar("ANTHROPIC_API_KEY", System.getenv("ANTHROPIC_API_KEY"))
                  .build());
      try {
        CommandResult result =
            sandbox
                .commands()
                .run(
                    Command.builder(
                            "claude",
                            "--dangerously-skip-permissions",
                            "-p",
                            "Create a hello world HTTP server in Go")
                        .timeout(Duration.ofMinutes(4))
                        .build());
        System.out.print(result.stdout());
      } finally {
        sandbox.kill();
      }
    }
  }
}
