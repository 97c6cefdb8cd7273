package dev.repofleet.e2b.local;

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
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Real processes and files of this host, in a {@link SandboxRuntime}. Thread-safe. */
final class HostMachine implements SandboxMachine {
  private final SandboxRuntime runtime;
  private final CommandEnvironment environment;
  private final Executor workers;
  private final Set<Long> entrances = ConcurrentHashMap.newKeySet();
  private final AtomicLong count = new AtomicLong();

  HostMachine(SandboxRuntime runtime, CommandEnvironment environment, Executor workers) {
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
      long pid = readPid(pipes, directory);
      remember(entrance);
      return new HostProgram(entrance, commandOf(entrance), pid, pipes, workers);
    } catch (IOException | RpcException failed) {
      entrance.destroyForcibly();
      throw failed;
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
  public void destroy() {
    runtime.destroy();
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
