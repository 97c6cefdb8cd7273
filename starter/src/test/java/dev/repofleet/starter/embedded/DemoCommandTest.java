package dev.repofleet.starter.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.starter.RepoFleetCommand;
import dev.repofleet.starter.command.CommandContext;
import dev.repofleet.starter.testing.TestProgram;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class DemoCommandTest {
  @TempDir Path folder = Path.of("");

  @Test
  void what_is_in_the_place_of_results_is_told_before_anything_starts() throws IOException {
    Path notes = Files.writeString(folder.resolve("notes"), "mine");
    CommandContext context = new TestProgram(folder).context();
    StringWriter err = new StringWriter();
    CommandLine line =
        RepoFleetCommand.line(
                context,
                more ->
                    more.addSubcommand(
                        new DemoCommand(
                            context, inner -> RepoFleetCommand.line(inner, none -> {}))))
            .setErr(new PrintWriter(err, true));

    int exit = line.execute("demo", "--keep", "--out", notes.toString());

    assertThat(exit).as(err.toString()).isEqualTo(2);
    assertThat(err.toString())
        .contains("notes is a file: name a folder")
        .doesNotContain("RepoFleet's demo", "Everything stays up");
  }
}
