package dev.repofleet.worker.run;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.repofleet.worker.testing.Waiting;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A state folder, a working directory for agents, and the run script; for one test. */
final class RunScriptFixture implements AutoCloseable {
  static final String FENCE = "0123456789abcdef";

  final Path state;
  final Path work;
  final Path script;
  private final Map<String, String> environment;

  /** What one call of the script answered. */
  record Answer(int exit, String line) {}

  RunScriptFixture(Path folder, Map<String, String> environment) throws IOException {
    this.environment = environment;
    state = Files.createDirectory(folder.resolve("state"));
    work = Files.createDirectory(folder.resolve("work"));
    script = folder.resolve("repofleet-run.sh");
    try (InputStream in = RunScriptFixture.class.getResourceAsStream("repofleet-run.sh")) {
      Files.write(script, Objects.requireNonNull(in, "repofleet-run.sh").readAllBytes());
    }
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.setPosixFilePermissions(state, PosixFilePermissions.fromString("rwx------"));
    Files.setPosixFilePermissions(work, PosixFilePermissions.fromString("rwxrwxrwx"));
    Files.writeString(state.resolve("fence"), FENCE);
  }

  private static boolean has(String tool) {
    return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
        .anyMatch(path -> Files.isExecutable(Path.of(path, tool)));
  }

  /** What is missing skips a test at home and fails it where everything must be there. */
  private static void require(boolean met, String what) {
    if (!met) {
      assertThat(System.getenv("CI")).as("%s is missing, and CI is set", what).isNotEqualTo("true");
      assumeTrue(false, what + " is missing");
    }
  }

  static void requireTool(String tool) {
    require(has(tool), tool);
  }

  static void requireRoot() throws IOException {
    require((int) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0, "root");
  }

  /** Prepares a process of a turn: the agent is a line of bash in the working directory. */
  void agent(String key, String bash) {
    agent(key, bash, "look at this");
  }

  void agent(String key, String bash, String prompt) {
    try {
      Path turn = Files.createDirectories(state.resolve("turns").resolve(key));
      Files.writeString(turn.resolve("argv"), String.join("\0", "bash", "-c", bash) + "\0");
      Files.writeString(turn.resolve("prompt"), prompt);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Process launch(String... arguments) {
    return launchWith(Map.of(), arguments);
  }

  Process launchWith(Map<String, String> more, String... arguments) {
    List<String> command = new ArrayList<>(List.of("bash", script.toString()));
    command.addAll(Arrays.asList(arguments));
    return begin(command, more);
  }

  /** Runs lines of bash with mounts of its own, and all that calls of the script have. */
  Answer withMounts(String bash) {
    return answer(begin(List.of("unshare", "-m", "--", "bash", "-c", bash), Map.of()));
  }

  private Process begin(List<String> command, Map<String, String> more) {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(environment);
    builder.environment().putAll(more);
    builder.environment().put("RF_ROOT", state.toString());
    builder.environment().put("RF_WORKDIR", work.toString());
    builder.environment().put("RF_AGENT_HOME", work.toString());
    builder.environment().put("RF_FENCE", FENCE);
    try {
      return builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Answer answer(Process process) {
    try {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      process.getInputStream().transferTo(out);
      assertThat(process.waitFor(Waiting.LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
      return new Answer(process.exitValue(), withoutAge(out.toString(UTF_8).strip()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** No test can tell the age of a process beforehand; that of one still starting is asked for. */
  private static String withoutAge(String line) {
    return line.startsWith("starting ") ? line : line.replaceFirst(" age=\\d+$", "");
  }

  Answer call(String... arguments) {
    return answer(launch(arguments));
  }

  Answer start(int turn, int incarnation) {
    return call("start", FENCE, "0", "" + turn, "" + incarnation, "0");
  }

  String state(int turn) {
    return call("state", "0", "" + turn).line();
  }

  /** Seconds that the latest process of the turn has worked. */
  long age(int turn) {
    try {
      String line =
          new String(launch("state", "0", "" + turn).getInputStream().readAllBytes(), UTF_8);
      return Long.parseLong(line.strip().replaceFirst(".* age=", ""));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits until the agent of the turn has ended, whichever way. */
  String ended(int turn) {
    Waiting.until(
        "turn " + turn + " ends",
        Waiting.LONG,
        () -> !state(turn).matches("(running|starting) .*"));
    return state(turn);
  }

  Path run(String key, String file) {
    return state.resolve("runs").resolve(key).resolve(file);
  }

  long meta(String key, String name) {
    return read(run(key, "meta"))
        .lines()
        .filter(line -> line.startsWith(name + "="))
        .mapToLong(line -> Long.parseLong(line.substring(name.length() + 1)))
        .findFirst()
        .orElseThrow();
  }

  static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The lines that agents have written to a file of the working directory. */
  List<String> lines(String file) {
    Path path = work.resolve(file);
    return Files.exists(path) ? read(path).lines().toList() : List.of();
  }

  /** Whether a process lives; one that waits to be reaped is dead. */
  static boolean lives(long pid) {
    Path stat = Path.of("/proc/" + pid + "/stat");
    try {
      return !Files.readString(stat).replaceAll("(?s).*\\) ", "").startsWith("Z");
    } catch (IOException e) {
      return false;
    }
  }

  static void kill(long pid, String signal) {
    try {
      int exit = new ProcessBuilder("kill", "-" + signal, "--", "" + pid).start().waitFor();
      assertThat(exit).isZero();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Waits until the agent is being run, and its process group is known. */
  void begun(String key) {
    Waiting.until(key + " is being run", Waiting.LONG, () -> Files.exists(run(key, "meta")));
  }

  /** Waits until the script says this of the turn. */
  void reached(int turn, String state) {
    Waiting.until("turn " + turn + " is " + state, Waiting.LONG, () -> state(turn).equals(state));
  }

  /** Stops every turn and waits until no process of the script is left. */
  @Override
  public void close() throws IOException {
    Files.writeString(state.resolve("fence"), FENCE);
    Path runs = state.resolve("runs");
    if (Files.isDirectory(runs)) {
      try (Stream<Path> each = Files.list(runs)) {
        each.map(path -> path.getFileName().toString().replaceAll("^\\d+\\.|\\.\\d+$", ""))
            .distinct()
            .forEach(turn -> call("stop", FENCE, "0", turn));
      }
    }
    Waiting.until(
        "no process of the script is left",
        Waiting.LONG,
        () -> ProcessHandle.allProcesses().noneMatch(this::isOfTheScript));
  }

  private boolean isOfTheScript(ProcessHandle process) {
    try {
      return Files.readString(Path.of("/proc/" + process.pid() + "/cmdline"), ISO_8859_1)
          .contains(script.toString());
    } catch (IOException e) {
      return false;
    }
  }
}
