package dev.repofleet.starter.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.repofleet.starter.testing.Waiting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The {@code repofleet} script of the checkout these tests run in. */
final class LauncherIT {

  @TempDir Path folder;

  private static Path checkout() {
    return Path.of("..").toAbsolutePath().normalize();
  }

  private static ShortCommand.Result launch(Path script, String... arguments) {
    List<String> command = new java.util.ArrayList<>(List.of(script.toString()));
    command.addAll(List.of(arguments));
    return new ShortCommand(Waiting.LONG, command, null, Map.of("REPOFLEET_NO_BUILD", "1")).run();
  }

  @Test
  void shellcheckFindsNothing() {
    boolean there = Executables.onPath("shellcheck", System.getenv()).isPresent();
    assumeTrue(there || "true".equals(System.getenv("CI")), "no shellcheck here");

    assertThat(
            ShortCommand.of(
                    Waiting.LONG,
                    "shellcheck",
                    checkout().resolve("repofleet").toString(),
                    checkout().resolve("dev/test").toString(),
                    checkout().resolve(".ci/run").toString(),
                    checkout().resolve(".ci/show-output-of-failed").toString())
                .run())
        .isEqualTo(new ShortCommand.Result(0, ""));
  }

  @Test
  void runsTheBuiltJarAlsoThroughALinkAndASecondTime() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("rf"), checkout().resolve("repofleet"));

    ShortCommand.Result first = launch(checkout().resolve("repofleet"), "--version");
    ShortCommand.Result second = launch(link, "--version");

    assertThat(first.exitCode()).as(first.output()).isZero();
    assertThat(first.output()).contains("0.1.0");
    assertThat(second).isEqualTo(first);
  }

  @Test
  void aCommandMapsTheClassesThatWereArchivedWithItsJar() throws IOException {
    launch(checkout().resolve("repofleet"), "--version");
    Path loaded = folder.resolve("loaded");

    ShortCommand.Result result =
        new ShortCommand(
                Waiting.LONG,
                List.of(checkout().resolve("repofleet").toString(), "--version"),
                null,
                Map.of(
                    "REPOFLEET_NO_BUILD",
                    "1",
                    "JDK_JAVA_OPTIONS",
                    "-Xlog:class+load:file=" + loaded))
            .run();

    assertThat(result.exitCode()).as(result.output()).isZero();
    assertThat(Files.readString(loaded))
        .contains("dev.repofleet.starter.RepoFleet source: shared objects file (top)");
  }

  @Test
  void saysWhatToDoWhenNothingIsBuiltAndNothingMayBe() throws IOException {
    Path script = Files.copy(checkout().resolve("repofleet"), folder.resolve("repofleet"));

    ShortCommand.Result result = launch(script, "--version");

    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.output()).contains("REPOFLEET_NO_BUILD").contains("mvn package");
  }
}
