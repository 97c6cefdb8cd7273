import com.fasterxml.jackson.databind.ObjectMapper;
import dev.repofleet.e2b.Command;
import dev.repofleet.e2b.E2bClient;
import dev.repofleet.e2b.E2bOptions;
import dev.repofleet.e2b.GitClone;
import dev.repofleet.e2b.Sandbox;
import dev.repofleet.e2b.SandboxSpec;
import java.time.Duration;

/** Two prompts in one conversation; the argument is the URL of a repository. */
class ResumedSession {
  public static void main(String[] arguments) throws Exception {
    try (E2bClient e2b = new E2bClient(E2bOptions.fromEnvironment(System.getenv()))) {
      Sandbox sandbox =
          e2b.create(
              SandboxSpec.builder()
                  .template("claude")
                  .timeout(Duration.ofMinutes(10))
                  .envVar("ANTHROPIC_API_KEY", System.getenv("ANTHROPIC_API_KEY"))
                  .build());
      try {
        sandbox.git().clone(GitClone.of(arguments[0], "/home/user/repo").depth(1));
        String first =
            claude(
                sandbox,
                "--output-format",
                "json",
                "-p",
                "Analyze the codebase and create a refactoring plan");
        String session = new ObjectMapper().readTree(first).path("session_id").asText();
        System.out.println(
            claude(sandbox, "--resume", session, "-p", "Now implement step 1 of the plan"));
        System.out.print(
            sandbox
                .commands()
                .run(Command.builder("git", "diff").cwd("/home/user/repo").build())
                .stdout());
      } finally {
        sandbox.kill();
      }
    }
  }

  private static String claude(Sandbox sandbox, String... arguments) {
    String[] command = new String[arguments.length + 2];
    command[0] = "claude";
    command[1] = "--dangerously-skip-permissions";
    System.arraycopy(arguments, 0, command, 2, arguments.length);
    return sandbox
        .commands()
        .run(
            Command.builder(command)
                .cwd("/home/user/repo")
                .timeout(Duration.ofMinutes(4))
                .build())
        .stdout();
  }
}
