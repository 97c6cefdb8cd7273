package dev.repofleet.e2b.local.host;

import dev.repofleet.e2b.local.machine.LinuxUser;
import dev.repofleet.e2b.local.machine.MachineUsage;
import dev.repofleet.e2b.local.machine.ProcessConfig;
import dev.repofleet.e2b.local.machine.RunningProgram;
import dev.repofleet.e2b.local.machine.SandboxFiles;
import dev.repofleet.e2b.local.machine.SandboxMachine;
import dev.repofleet.e2b.local.machine.TerminalSize;
import dev.repofleet.e2b.local.wire.Redaction;
import dev.repofleet.e2b.local.wire.RpcCode;
import dev.repofleet.e2b.local.wire.RpcException;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Real processes and files of this host, in a {@link SandboxRuntime}. Thread-safe. */
public final class HostMachine implements SandboxMachine {
  private final SandboxRuntime runtime;
  private final CommandEnvironment environment;
  private final Executor workers;
  private final Set<Long> entrances = ConcurrentHashMap.newKeySet();
  private final AtomicLong count = new AtomicLong();

  public HostMachine(SandboxRuntime runtime, CommandEnvironment environment, Executor workers) {
    this.runtime = runtime;
    this.environment = environment;
    this.workers = workers;
  }

  @Override
  public void start() throws IOException, InterruptedException {
    runtime.start();
  }

  @Override
  public SandboxFiles files(LinuxUser user) {
    return new HostFiles(runtime, user);
  }

  @Override
  public RunningProgram launch(ProcessConfig config, LinuxUser user) throws IOException {
    Path prefix = runtime.controlDirectory().resolve("command-" + count.incrementAndGet());
    String directory = config.directoryFor(user);
    Process entrance = launch(config, user, runtime.toReal(directory), prefix);
    try {
      awaitPipes(entrance);
      CommandPipes pipes = CommandPipes.open(prefix, entrance, workers);
      String[] pidAndTerminal = readPid(pipes, directory);
      remember(entrance);
      return new HostProgram(
          entrance, inside(entrance, config, user, pidAndTerminal), pipes, workers);
    } catch (IOException | RpcException failed) {
      entrance.destroyForcibly();
      throw failed;
    }
  }

  private HostProgram.Inside inside(
      Process entrance, ProcessConfig config, LinuxUser user, String[] pidAndTerminal) {
    long pid = Long.parseLong(pidAndTerminal[0]);
    if (config.terminal() == null) {
      return new HostProgram.Inside(pid, commandOf(entrance, runtime.commandDepth()), null);
    }
    String device = pidAndTerminal.length > 1 ? pidAndTerminal[1] : "";
    return new HostProgram.Inside(
        pid, commandOf(entrance, runtime.commandDepth() + 1), size -> resize(user, device, size));
  }

  /** From inside, where the terminal's device is; the kernel tells the programs in it. */
  private void resize(LinuxUser user, String device, TerminalSize size) throws IOException {
    List<String> words = new ArrayList<>(runtime.enter(user));
    Collections.addAll(words, "/bin/sh", "-c", "exec stty -F \"$@\"", "stty", device);
    Collections.addAll(words, "cols", Integer.toString(size.columns()));
    Collections.addAll(words, "rows", Integer.toString(size.rows()));
    ProcessBuilder builder = new ProcessBuilder(words);
    builder.environment().clear();
    builder.environment().put("PATH", "/usr/bin:/bin");
    builder.redirectErrorStream(true).redirectInput(new File("/dev/null"));
    Process stty = builder.start();
    try {
      String said =
          new String(stty.getInputStream().readNBytes(1024), StandardCharsets.UTF_8).strip();
      if (!stty.waitFor(5, TimeUnit.SECONDS) || stty.exitValue() != 0) {
        throw new IOException("the terminal was not resized: " + Redaction.printable(said));
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while resizing a terminal", interrupted);
    } finally {
      stty.destroyForcibly();
    }
  }

  private void remember(Process entrance) {
    entrances.add(entrance.pid());
    var unused = entrance.onExit().thenRun(() -> entrances.remove(entrance.pid()));
  }

  @Override
  public void freeze() throws IOException, InterruptedException {
    runtime.freeze();
  }

  @Override
  public void thaw() throws IOException, InterruptedException {
    runtime.thaw(List.copyOf(entrances));
  }

  @Override
  public Optional<MachineUsage> usage() throws IOException {
    return Optional.of(HostUsage.of(runtime.processes(), runtime.controlDirectory()));
  }

  @Override
  public void copyFiles(Path target) throws IOException, InterruptedException {
    FileTree.copy(runtime.rootDirectory(), target);
  }

  @Override
  public Optional<String> listener(int port) {
    return ListeningSockets.address(port, runtime.processes());
  }

  @Override
  public void destroy() {
    runtime.destroy();
  }

  private Process launch(ProcessConfig config, LinuxUser user, String directory, Path prefix)
      throws IOException {
    Map<String, String> variables = environment.of(user, config.environment());
    List<String> words = new ArrayList<>();
    Collections.addAll(words, "/bin/sh", "-c", Scripts.LAUNCH, prefix.toString());
    words.addAll(DefaultSignals.words());
    words.addAll(runtime.supervised(user));
    List<String> command = new ArrayList<>();
    Collections.addAll(command, "/bin/sh", "-c", Scripts.EXEC, "exec");
    Collections.addAll(command, Integer.toString(variables.size()), directory, config.command());
    command.addAll(config.arguments());
    TerminalSize size = config.terminal();
    words.addAll(size == null ? command : inTerminal(size, command));
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

  /**
   * util-linux's script opens the terminal: within the sandbox, so that it is one of the sandbox's
   * own devices, and with what every Debian has.
   */
  private static List<String> inTerminal(TerminalSize size, List<String> command) {
    String line =
        "stty cols %d rows %d; exec ".formatted(size.columns(), size.rows())
            + command.stream().map(Scripts::quoted).collect(Collectors.joining(" "));
    return List.of("/usr/bin/script", "-q", "-f", "-e", "-E", "always", "-c", line, "/dev/null");
  }

  private static void awaitPipes(Process entrance) throws IOException {
    String said = readLine(entrance.getInputStream());
    if (!said.equals("pipes")) {
      throw new IOException("the pipes of a command could not be made");
    }
  }

  /** The pid, and the terminal's device if there is one. */
  private static String[] readPid(CommandPipes pipes, String directory) throws IOException {
    // A terminal ends its lines with a carriage return, too.
    String line = readLine(pipes.out()).strip();
    if (line.startsWith("pid ")) {
      return line.substring(4).split(" ", 2);
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
  private static @Nullable ProcessHandle commandOf(Process entrance, int depth) {
    long pid = entrance.pid();
    for (int step = 0; step < depth && pid > 0; step++) {
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
