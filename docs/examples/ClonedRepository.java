import dev.repofleet.e2b.Command;
import dev.repofleet.e2b.E2bClient;
import dev.repofleet.e2b.E2bOptions;
import dev.repofleet.e2b.GitClone;
import dev.repofleet.e2b.GitCredentials;
import dev.repofleet.e2b.OutputListener;
import dev.repofleet.e2b.RunningCommand;
import dev.repofleet.e2b.Sandbox;
import dev.repofleet.e2b.SandboxSpec;
import java.net.URI;
import java.time.Duration;

/**
 * Claude Code on a repository that is cloned first: arguments are its URL and what to do. With
 * GITHUB_TOKEN set it may be a private one; the token reaches no command line and no file.
 */
class ClonedRepository {
  public static void main(String[] arguments) {
    String token = System.getenv("GITHUB_TOKEN");
    GitClone repository = GitClone.of(arguments[0], "/home/user/repo").depth(1);
    if (token != null) {
      String host = URI.create(arguments[0]).getAuthority();
      repository = repository.credentials(GitCredentials.of(host, "x-access-token", token));
    }
    try (E2bClient e2b = new E2bClient(E2bOptions.fromEnvironment(System.getenv()))) {
      Sandbox sandbox =
          e2b.create(
              SandboxSpec.builder()
                  .template("claude")
                  .timeout(Duration.ofMinutes(10))
                  .envVar("ANTHROPIC_API_KEY", System.getenv("ANTHROPIC_API_KEY"))
                  .build());
      try {
        sandbox.git().clone(repository);
        try (RunningCommand claude =
            sandbox
                .commands()
                .start(
                    Command.builder("claude", "--dangerously-skip-permissions", "-p", arguments[1])
                        .cwd("/home/user/repo")
                        .timeout(Duration.ofMinutes(9))
                        .build(),
                    OutputListener.text(System.out::print, System.err::print))) {
          claude.awaitExit(Duration.ofMinutes(10)).orElseThrow();
        }
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
}
