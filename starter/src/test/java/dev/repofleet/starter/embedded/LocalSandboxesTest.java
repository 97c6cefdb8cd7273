package dev.repofleet.starter.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.starter.RepoFleetCommand;
import dev.repofleet.starter.sandboxes.SandboxesCommand;
import dev.repofleet.starter.testing.TestProgram;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class LocalSandboxesTest {
  @TempDir Path folder = Path.of("");
  private final StringWriter err = new StringWriter();

  private int run(String... arguments) {
    CommandLine line =
        RepoFleetCommand.line(
            new TestProgram(folder).context(),
            root ->
                EmbeddedCommands.addLeftOut(
                    root,
                    Objects.requireNonNull(root.getSubcommands().get(SandboxesCommand.NAME))));
    return line.setErr(new PrintWriter(err, true)).execute(arguments);
  }

  @ParameterizedTest
  @ValueSource(strings = {"demo", "demo --keep --out x", "up --port 1", "sandboxes serve --key k"})
  void a_build_without_them_says_so_whatever_the_options(String typed) {
    assertThat(run(typed.split(" "))).isEqualTo(2);
    assertThat(err.toString())
        .startsWith("repofleet: `repofleet " + typed.replaceAll(" -.*", "") + "` needs sandboxes")
        .contains("container image", "E2B_API_KEY")
        .hasLineCount(1);
  }

  @Test
  void this_build_has_them() {
    assertThat(LocalSandboxes.here()).isTrue();
  }
}
