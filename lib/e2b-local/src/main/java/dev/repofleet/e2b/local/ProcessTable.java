package dev.repofleet.e2b.local;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** The processes that were started in one sandbox through the server. Thread-safe. */
final class ProcessTable {
  /** How long an ended process still answers Connect with its end (E2B contract, 4.4). */
  static final Duration RETENTION = Duration.ofSeconds(30);

  private record Ended(SandboxProcess process, Instant until) {}

  private final SandboxRuntime runtime;
  private final CommandEnvironment environment;
  private final Executor workers;
  private final InstantSource clock;
  private final Map<Long, SandboxProcess> live = new ConcurrentHashMap<>();
  private final Map<Long, Ended> ended = new ConcurrentHashMap<>();
  private final AtomicLong count = new AtomicLong();

  ProcessTable(
      SandboxRuntime runtime,
      CommandEnvironment environment,
      Executor workers,
      InstantSource clock) {
    this.runtime = runtime;
    this.environment = environment;
    this.workers = workers;
    this.clock = clock;
  }

  /**
   * Starts a process; returns when it runs, or refuses when its directory does not exist. The
   * caller hands it to {@link #begin} next.
   */
  SandboxProcess start(ProcessConfig config, LinuxUser user) throws IOException {
    Path prefix = runtime.controlDirectory().resolve("command-" + count.incrementAndGet());
    String directory = directory(config, user);
    Process entrance = launch(config, user, runtime.toReal(directory), prefix);
    try {
      awaitPipes(entrance);
      CommandPipes pipes = CommandPipes.open(prefix, entrance, workers);
      long pid = readPid(pipes, directory);
      return new SandboxProcess(config, entrance, commandOf(entrance), pid, pipes);
    } catch (IOException | RpcException failed) {
      entrance.destroyForcibly();
      throw failed;
    }
  }

  /** Lists a started process and lets its output flow, to its first clients before all. */
  void begin(SandboxProcess process, List<EventStream> first) throws InterruptedException {
    ended.remove(process.pid());
    live.put(process.pid(), process);
    process.begin(first, workers, () -> retain(process));
  }

  List<SandboxProcess> live() {
    return List.copyOf(live.values());
  }

  /** A process that runs. */
  Optional<SandboxProcess> live(ProcessSelector selector) {
    return live.values().stream().filter(selector::matches).findFirst();
  }

  /** A process that runs, or ended not long ago. */
  Optional<SandboxProcess> known(ProcessSelector selector) {
    dropOld();
    return live(selector)
        .or(
            () ->
                ended.values().stream().map(Ended::process).filter(selector::matches).findFirst());
  }

  /** Cuts all streams: the machine below is paused or gone. */
  void cutStreams() {
    live.values().forEach(SandboxProcess::cut);
  }

  /** After the sandbox has been killed. */
  void abandonAll() {
    live.values().forEach(SandboxProcess::abandon);
  }

  /** Forgets ended processes whose time is over. */
  void dropOld() {
    Instant now = clock.instant();
    ended.values().removeIf(entry -> !entry.until().isAfter(now));
  }

  private void retain(SandboxProcess process) {
    ended.put(process.pid(), new Ended(process, clock.instant().plus(RETENTION)));
    live.remove(process.pid(), process);
  }

  private String directory(ProcessConfig config, LinuxUser user) {
    String asked = config.directory();
    return asked == null ? user.home() : SandboxPaths.absolute(asked, user);
  }

  private Process launch(ProcessConfig config, LinuxUser user, String directory, Path prefix)
      throws IOException {
    Map<String, String> variables = environment.of(user, config.environment());
    List<String> words = new ArrayList<>();
    Collections.addAll(words, "/bin/sh", "-c", Scripts.LAUNCH, prefix.toString());
    words.addAll(runtime.supervised(user));
    Collections.addAll(words, "/bin/sh", "-c", Scripts.EXEC, "exec");
    Collections.addAll(words, Integer.toString(variables.size()), directory, config.command());
    words.addAll(config.arguments());
    ProcessBuilder builder = new ProcessBuilder(words);
    builder.environment().clear();
    builder.environment().putAll(CommandEnvironment.neutral(variables));
    builder.directory(new File("/"));
    if (!config.stdin()) {
      builder.redirectInput(new File("/dev/null"));
    }
    builder.redirectError(ProcessBuilder.Redirect.DISCARD);
    return builder.start();
  }

  private static void awaitPipes(Process entrance) throws IOException {
    String said = readLine(entrance.getInputStream());
    if (!said.equals("pipes")) {
      throw new IOException("the pipes of a command could not be made");
    }
  }

  private static long readPid(CommandPipes pipes, String directory) throws IOException {
    String line = readLine(pipes.out());
    if (line.startsWith("pid ")) {
      return Long.parseLong(line.substring(4));
    }
    pipes.delete();
    pipes.out().close();
    try (InputStream err = pipes.err()) {
      if (line.equals("cwd")) {
        throw new RpcException(
            RpcCode.INVALID_ARGUMENT,
            "cwd '" + Redaction.printable(directory) + "' does not exist");
      }
      String reason = new String(err.readNBytes(2048), StandardCharsets.UTF_8).strip();
      throw new RpcException(
          RpcCode.UNAVAILABLE, "the command did not start: " + Redaction.printable(reason));
    }
  }

  private static String readLine(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    int next = in.read();
    while (next >= 0 && next != '\n' && line.length() < 64) {
      line.append((char) next);
      next = in.read();
    }
    return line.toString();
  }

  /** The command below the process by which it entered: signals are for it alone. */
  private @Nullable ProcessHandle commandOf(Process entrance) {
    long pid = entrance.pid();
    for (int step = 0; step < runtime.commandDepth() && pid > 0; step++) {
      pid = firstChild(pid);
    }
    return pid > 0 ? ProcessHandle.of(pid).orElse(null) : null;
  }

  private static long firstChild(long pid) {
    try {
      String children =
          Files.readString(Path.of("/proc/%d/task/%d/children".formatted(pid, pid))).strip();
      return children.isEmpty() ? 0 : Long.parseLong(children.split(" ", 2)[0]);
    } catch (IOException | NumberFormatException gone) {
      return 0;
    }
  }
}
