package dev.repofleet.starter.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.repofleet.starter.command.CommandException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TemporalBinaryTest {
  private static final TemporalRelease.Platform LINUX =
      TemporalRelease.Platform.of("Linux", "amd64");
  private static final String PROGRAM = "#!/bin/sh\necho temporal version 9.9.9\n";

  @TempDir Path folder;
  private final List<String> talk = new ArrayList<>();
  private TemporalRelease release = new TemporalRelease("9.9.9", Map.of());

  @BeforeEach
  void pinTheProgram() throws IOException {
    Path program = Files.writeString(folder.resolve("program"), PROGRAM);
    release = new TemporalRelease("9.9.9", Map.of("linux-amd64", TemporalBinary.sha256(program)));
  }

  private TemporalBinary binary(TemporalSource... sources) {
    return new TemporalBinary(release, LINUX, folder.resolve("cache"), List.of(sources), talk::add);
  }

  private static TemporalSource source(String name, String content) {
    return new ScriptedSource(name, content);
  }

  private Path putOnPath(String content) throws IOException {
    Path bin = Files.createDirectories(folder.resolve("bin"));
    Path program = Files.writeString(bin.resolve("temporal"), content);
    return Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @Test
  void takesTheProgramAPersonNamedBeforeAllOthers() throws IOException {
    Path onPath = putOnPath(PROGRAM);

    Path found = binary().locate(Map.of("REPOFLEET_TEMPORAL", onPath.toString(), "PATH", "/none"));

    assertThat(found).isEqualTo(onPath);
  }

  @Test
  void refusesANamedProgramThatIsNotThere() {
    assertThatThrownBy(() -> binary().locate(Map.of("REPOFLEET_TEMPORAL", "/none/temporal")))
        .isInstanceOfSatisfying(
            CommandException.class, e -> assertThat(e.getExitCode()).isEqualTo(2))
        .hasMessageContaining("/none/temporal");
  }

  @Test
  void takesTheProgramOnPathWithoutAHash() throws IOException {
    Path onPath = putOnPath("#!/bin/sh\necho temporal version 1.2.3\n");

    Path found = binary().locate(Map.of("PATH", folder.resolve("bin").toString()));

    assertThat(found).isEqualTo(onPath);
    assertThat(talk).singleElement().asString().contains("1.2.3", "9.9.9");
  }

  @Test
  void passesOverAnotherProgramOfTheSameName() throws IOException {
    putOnPath("#!/bin/sh\necho something else\n");

    Path found =
        binary(source("a", PROGRAM)).locate(Map.of("PATH", folder.resolve("bin").toString()));

    assertThat(found).startsWith(folder.resolve("cache"));
  }

  @Test
  void installsOnceAndSaysSoFirst() {
    TemporalBinary binary = binary(source("a", PROGRAM));

    Path first = binary.locate(Map.of());
    Path second = binary.locate(Map.of());

    assertThat(second).isEqualTo(first).isExecutable();
    assertThat(talk).singleElement().asString().startsWith("Installing the Temporal CLI 9.9.9");
    assertThat(folder.resolve("cache")).isDirectoryNotContaining("glob:**install-*");
  }

  @Test
  void goesOnToTheNextSourceWhenAHashIsWrong() {
    Path found = binary(source("bad", "other"), source("good", PROGRAM)).locate(Map.of());

    assertThat(found).hasContent(PROGRAM);
    assertThat(talk).anySatisfy(line -> assertThat(line).contains("bad", "SHA-256"));
  }

  @Test
  void installsAgainWhenTheCachedFileWasChanged() throws IOException {
    Path cached = binary(source("a", PROGRAM)).locate(Map.of());
    Files.writeString(cached, "changed");

    Path found = binary(source("a", PROGRAM)).locate(Map.of());

    assertThat(found).isEqualTo(cached).hasContent(PROGRAM);
  }

  @Test
  void namesEverySourceAndTheWayOutWhenNoneHasIt() {
    assertThatThrownBy(() -> binary(source("one", "x"), source("two", "")).locate(Map.of()))
        .isInstanceOfSatisfying(
            CommandException.class, e -> assertThat(e.getExitCode()).isEqualTo(5))
        .hasMessageContaining("one: ")
        .hasMessageContaining("two: not reachable")
        .hasMessageContaining("TEMPORAL_ADDRESS");
  }

  @Test
  void refusesToInstallOnAPlatformNobodyLookedAt() {
    TemporalBinary binary =
        new TemporalBinary(
            release,
            TemporalRelease.Platform.of("SunOS", "sparc"),
            folder.resolve("cache"),
            List.of(source("a", PROGRAM)),
            talk::add);

    assertThatThrownBy(() -> binary.locate(Map.of()))
        .isInstanceOf(CommandException.class)
        .hasMessageContaining("sunos-sparc");
  }

  /** Brings a text as the program; an empty one stands for a source that can't be reached. */
  private record ScriptedSource(String name, String content) implements TemporalSource {
    @Override
    public Path fetch(String version, TemporalRelease.Platform platform, Path work)
        throws IOException {
      if (content.isEmpty()) {
        throw new IOException("not reachable");
      }
      return Files.write(work.resolve("temporal"), content.getBytes(StandardCharsets.UTF_8));
    }
  }
}
