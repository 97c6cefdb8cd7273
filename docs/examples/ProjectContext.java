import dev.repofleet.e2b.Command;
import dev.repofleet.e2b.E2bClient;
import dev.repofleet.e2b.E2bOptions;
import dev.repofleet.e2b.Sandbox;
import dev.repofleet.e2b.SandboxSpec;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** What the project wants of Claude Code: a CLAUDE.md beside the code, or a system prompt. */
class ProjectContext {
  private static final String CONTEXT =
      """
      This is a microservice in Go.
      Log with slog, in structures.
      Errors are wrapped as pkg/errors does it.
      """;

  public static void main(String[] arguments) {
    try (E2bClient e2b = new E2bClient(E2bOptions.fromEnvironment(System.getenv()))) {
      Sandbox sandbox =
          e2b.create(
              SandboxSpec.builder()
                  .template("claude")
                  .envVar("ANTHROPIC_API_KEY", System.getenv("ANTHROPIC_API_KEY"))
                  .build());
      try {
        sandbox
            .files()
            .write("/home/user/repo/CLAUDE.md", CONTEXT.getBytes(StandardCharsets.UTF_8));
        System.out.print(
            sandbox
                .commands()
                .run(
                    Command.builder(
                            "claude",
                            "--dangerously-skip-permissions",
                            "--append-system-prompt",
                            "Answer in one sentence.",
                            "-p",
                            "Add a /healthz endpoint")
                        .cwd("/home/user/repo")
                        .timeout(Duration.ofMinutes(4))
                        .build())
                .stdout());
      } finally {
        sandbox.kill();
      }
    }
  }
}
