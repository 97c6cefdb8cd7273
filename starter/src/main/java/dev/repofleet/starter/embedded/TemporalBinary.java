package dev.repofleet.starter.embedded;

import dev.repofleet.artifacts.Sha256;
import dev.repofleet.starter.command.CommandException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds the {@code temporal} program on this machine, or installs it once. Thread-safe; two
 * processes that install at the same time do the work twice and end with one file.
 *
 * <p>Looked at in this order: {@code REPOFLEET_TEMPORAL}, PATH, the project's cache, then the
 * sources of an installation. A program a person put on PATH is theirs and taken as it is; whatever
 * comes from the cache or a source must have the pinned release's SHA-256.
 */
final class TemporalBinary {
  private static final Duration VERSION_TIMEOUT = Duration.ofSeconds(10);
  private static final Pattern VERSION = Pattern.compile("temporal version (\\S+)");

  private final TemporalRelease release;
  private final TemporalRelease.Platform platform;
  private final Path cache;
  private final List<TemporalSource> sources;
  private final Consumer<String> talk;

  TemporalBinary(
      TemporalRelease release,
      TemporalRelease.Platform platform,
      Path cache,
      List<TemporalSource> sources,
      Consumer<String> talk) {
    this.release = release;
    this.platform = platform;
    this.cache = cache;
    this.sources = List.copyOf(sources);
    this.talk = talk;
  }

  /**
   * The pinned release for this machine, cached in {@code ~/.cache/repofleet}.
   *
   * @param talk gets a line for a person before anything slow begins
   */
  static TemporalBinary forThisMachine(Path home, Consumer<String> talk) {
    return new TemporalBinary(
        TemporalRelease.PINNED,
        TemporalRelease.Platform.current(),
        home.resolve(".cache/repofleet"),
        List.of(new OfficialTemporalDownload(), new PythonTemporalPackage()),
        talk);
  }

  /**
   * The program. Blocks for half a second when it is there, for minutes at most when it must be
   * installed.
   *
   * @throws CommandException with exit code 2 when {@code REPOFLEET_TEMPORAL} names no program,
   *     with 5 when there is none and none can be installed
   */
  Path locate(Map<String, String> environment) {
    String named = environment.getOrDefault("REPOFLEET_TEMPORAL", "").strip();
    if (!named.isEmpty()) {
      return named(named);
    }
    return installed(environment).orElseGet(this::install);
  }

  private static Path named(String name) {
    Path program = Path.of(name).toAbsolutePath();
    if (!Files.isRegularFile(program) || !Files.isExecutable(program)) {
      throw CommandException.wrongUse(
          "REPOFLEET_TEMPORAL names no program: " + name + "; unset it or correct the path");
    }
    return program;
  }

  /**
   * The program that {@link #locate} would give without installing one; empty when there is none.
   * Blocks for half a second.
   *
   * @throws CommandException with exit code 2 when {@code REPOFLEET_TEMPORAL} names no program
   */
  Optional<Path> installed(Map<String, String> environment) {
    String named = environment.getOrDefault("REPOFLEET_TEMPORAL", "").strip();
    if (!named.isEmpty()) {
      return Optional.of(named(named));
    }
    return Executables.onPath("temporal", environment).filter(this::answers).or(this::cached);
  }

  /** Some other program may bear the name as well. */
  private boolean answers(Path program) {
    Matcher version =
        VERSION.matcher(
            ShortCommand.of(VERSION_TIMEOUT, program.toString(), "--version").run().output());
    if (!version.find()) {
      talk.accept(program + " is not Temporal's command line; looking further");
      return false;
    }
    if (!version.group(1).equals(release.version())) {
      talk.accept(
          "Temporal CLI "
              + version.group(1)
              + " from PATH ("
              + release.version()
              + " is the tried one)");
    }
    return true;
  }

  private Path home() {
    return cache.resolve("temporal-" + release.version());
  }

  private Optional<Path> cached() {
    Path program = home().resolve("temporal");
    Optional<String> expected = release.hashOn(platform);
    if (expected.isEmpty() || !Files.isExecutable(program)) {
      return Optional.empty();
    }
    try {
      if (sha256(program).equals(expected.get())) {
        return Optional.of(program);
      }
    } catch (IOException unreadable) {
      talk.accept(program + " can't be read (" + unreadable.getMessage() + "): installing again");
      return Optional.empty();
    }
    talk.accept(program + " is not the file that was installed: installing again");
    return Optional.empty();
  }

  private Path install() {
    String expected =
        release
            .hashOn(platform)
            .orElseThrow(
                () ->
                    CommandException.unreachable(
                        "no Temporal CLI of a known hash for "
                            + platform
                            + ": install `temporal` "
                            + release.version()
                            + " yourself and put it on PATH",
                        null));
    talk.accept(
        "Installing the Temporal CLI " + release.version() + " into " + home() + " (once) ...");
    List<String> failures = new ArrayList<>();
    for (TemporalSource source : sources) {
      try {
        return installFrom(source, expected);
      } catch (IOException e) {
        failures.add(source.name() + ": " + e.getMessage());
        talk.accept("  not from " + source.name() + ": " + e.getMessage());
      }
    }
    throw CommandException.unreachable(
        "the Temporal CLI can't be installed ("
            + String.join("; ", failures)
            + "): put `temporal` "
            + release.version()
            + " on PATH, or set TEMPORAL_ADDRESS to a server of yours",
        null);
  }

  private Path installFrom(TemporalSource source, String expected) throws IOException {
    Files.createDirectories(home());
    Path work = Files.createTempDirectory(cache, "install-");
    try {
      Path program = source.fetch(release.version(), platform, work);
      String found = sha256(program);
      if (!found.equals(expected)) {
        throw new IOException("its program has SHA-256 " + found + ", expected " + expected);
      }
      Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
      Path target = home().resolve("temporal");
      Files.move(program, target, StandardCopyOption.ATOMIC_MOVE);
      return target;
    } finally {
      FileTrees.deleteQuietly(work);
    }
  }

  static String sha256(Path file) throws IOException {
    MessageDigest digest = Sha256.digest();
    byte[] buffer = new byte[1 << 20];
    try (InputStream in = Files.newInputStream(file)) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        digest.update(buffer, 0, read);
      }
    }
    return Sha256.hex(digest.digest());
  }
}
