package dev.repofleet.starter.it;

import dev.repofleet.e2b.local.host.Isolation;
import dev.repofleet.e2b.local.model.RealClaudeCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;

/** What these tests need of the machine: without it they skip, under {@code CI=true} they fail. */
final class Prerequisites {
  private Prerequisites() {}

  /** Working bubblewrap, Git and Python 3. */
  static void requireSandboxes() {
    Isolation isolation = Isolation.detect();
    require(isolation.isolated(), "needs working bubblewrap: " + isolation.reason());
    for (String program : new String[] {"git", "python3"}) {
      require(onPath(program), "needs " + program + " on the PATH");
    }
  }

  /** The real Claude Code CLI, installed by npm when it is not there yet. */
  static Path requireClaudeCode() {
    Optional<Path> program = RealClaudeCode.obtain(System.getenv());
    require(
        program.isPresent(), "needs node and npm on the PATH, to install the real Claude Code CLI");
    return program.orElseThrow();
  }

  /** Skips the test with this sentence, or fails it under {@code CI=true}. */
  static void require(boolean met, String sentence) {
    if (!met && "true".equals(System.getenv("CI"))) {
      throw new AssertionError(sentence + "; under CI=true this is a failure");
    }
    Assumptions.assumeTrue(met, sentence);
  }

  /** Whether a program of this name can be run. */
  static boolean onPath(String program) {
    for (String folder : System.getenv().getOrDefault("PATH", "").split(":", -1)) {
      if (!folder.isEmpty() && Files.isExecutable(Path.of(folder, program))) {
        return true;
      }
    }
    return false;
  }
}
