package dev.repofleet.starter.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.repofleet.starter.it.Waiting;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The {@code repofleet} script of the checkout these tests run in. */
final class LauncherIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  @TempDir Path folder;

  private static Path checkout() {
    return Path.of("..").toAbsolutePath().normalize();
  }

  private static ShortCommand.Result launch(Path script, String... arguments) {
    List<String> command = new java.util.ArrayList<>(List.of(script.toString()));
    command.addAll(List.of(arguments));
    return new ShortCommand(LIMIT, command, null, Map.of("REPOFLEET_NO_BUILD", "1")).run();
  }

  @Test
  void shellcheckFindsNothing() {
    boolean there = Executables.onPath("shellcheck", System.getenv()).isPresent();
    assumeTrue(there || "true".equals(System.getenv("CI")), "no shellcheck here");

    assertThat(
            ShortCommand.of(
                    LIMIT,
                    "shellcheck",
                    checkout().resolve("repofleet").toString(),
                    checkout().resolve("dev/test").toString(),
                    checkout().resolve(".ci/run").toString())
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

  /** The first command's start is no slower for it: it is made beside it. */
  @Test
  void aLaterCommandMapsTheClassesThatAnEarlierOneHadToLoad() throws Exception {
    launch(checkout().resolve("repofleet"), "--version");
    Path launcher = checkout().resolve("starter/target/launcher");
    Waiting.until("the classes are there", LIMIT, () -> hasArchive(launcher));
    Path loaded = folder.resolve("loaded");

    ShortCommand.Result result =
        new ShortCommand(
                LIMIT,
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

  private static boolean hasArchive(Path launcher) {
    try (Stream<Path> files = Files.list(launcher)) {
      FileTime jar = Files.getLastModifiedTime(launcher.resolve("repofleet.jar"));
      for (Path file : files.filter(one -> one.toString().endsWith(".jsa")).toList()) {
        if (Files.getLastModifiedTime(file).compareTo(jar) > 0) {
          return true;
        }
      }
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void saysWhatToDoWhenNothingIsBuiltAndNothingMayBe() throws IOException {
    Path script = Files.copy(checkout().resolve("repofleet"), folder.resolve("repofleet"));

    ShortCommand.Result result = launch(script, "--version");

    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.output()).contains("REPOFLEET_NO_BUILD").contains("mvn package");
  }
}
