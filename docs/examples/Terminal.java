import dev.repofleet.e2b.CommandExit;
import dev.repofleet.e2b.E2bClient;
import dev.repofleet.e2b.E2bOptions;
import dev.repofleet.e2b.Pty;
import dev.repofleet.e2b.RunningTerminal;
import dev.repofleet.e2b.Sandbox;
import dev.repofleet.e2b.SandboxSpec;
import dev.repofleet.e2b.TerminalSize;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * A terminal in a sandbox, and Claude Code in it. A program types here; a person has the same with
 * {@code repofleet sandboxes shell --template claude}.
 */
class Terminal {
  public static void main(String[] arguments) {
    try (E2bClient e2b = new E2bClient(E2bOptions.fromEnvironment(System.getenv()))) {
      Sandbox sandbox =
          e2b.create(
              SandboxSpec.builder()
                  .template("claude")
                  .envVar("ANTHROPIC_API_KEY", System.getenv("ANTHROPIC_API_KEY"))
                  .build());
      try (RunningTerminal shell =
          sandbox
              .pty()
              .start(Pty.shell().build(), new TerminalSize(120, 40), Terminal::show)) {
        type(shell, "claude --dangerously-skip-permissions -p 'Explain this folder'; exit");
        CommandExit exit = shell.awaitExit(Duration.ofMinutes(4)).orElseThrow();
        System.out.println("[" + exit.describe() + "]");
      } finally {
        sandbox.kill();
      }
    }
  }

  /** A carriage return is what the key Enter sends. */
  private static void type(RunningTerminal shell, String line) {
    shell.write((line + "\r").getBytes(StandardCharsets.UTF_8));
  }

  private static void show(byte[] bytes) {
    System.out.write(bytes, 0, bytes.length);
    System.out.flush();
  }
}
