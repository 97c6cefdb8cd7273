package dev.repofleet.e2b.local.host;

import com.fasterxml.jackson.databind.JsonNode;
import dev.repofleet.e2b.local.machine.LinuxUser;
import dev.repofleet.e2b.local.machine.SandboxLauncher;
import dev.repofleet.e2b.local.wire.Redaction;
import dev.repofleet.e2b.local.wire.RpcCode;
import dev.repofleet.e2b.local.wire.RpcException;
import dev.repofleet.e2b.local.wire.Wire;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One bubblewrap for a sandbox, entered by {@code nsenter} for each command.
 *
 * <p>Bubblewrap's {@code --die-with-parent} follows the thread that started it (observed, 0.8.0 on
 * JDK 17 and 25), so it is started on the server's one launcher thread.
 */
public final class BubblewrapRuntime implements SandboxRuntime {
  private static final int START_SECONDS = 20;
  private static final int DESTROY_SECONDS = 5;

  /**
   * What root keeps in a sandbox: a container's usual set without mknod and raw sockets, plus
   * ptrace, without which root can't read the environment of {@code user}'s processes.
   */
  private static final String ROOT_CAPABILITIES =
      "-all,+chown,+dac_override,+fowner,+fsetid,+kill,+setgid,+setuid,+setpcap,+net_bind_service,"
          + "+sys_chroot,+sys_ptrace,+audit_write,+setfcap";

  private final SandboxRoot root;
  private final BubblewrapArguments arguments;
  private final SandboxLauncher launcher;
  private final HostPrograms programs;
  private final boolean twoUsers;
  private volatile @Nullable Process outer;
  private volatile @Nullable ProcessHandle inner;

  public BubblewrapRuntime(
      SandboxRoot root,
      BubblewrapArguments arguments,
      SandboxLauncher launcher,
      HostPrograms programs) {
    this.root = root;
    this.arguments = arguments;
    this.launcher = launcher;
    this.programs = programs;
    this.twoUsers = arguments.twoUsers();
  }

  @Override
  public void start() throws IOException, InterruptedException {
    inner = null;
    if (root.create(twoUsers)) {
      arguments.prepare(root.path());
    } else {
      BubblewrapArguments.prepareAgain(root.path());
    }
    // File descriptor 1 does not reach bubblewrap's child when it is the status descriptor.
    ProcessBuilder builder =
        new ProcessBuilder(
            "/bin/sh",
            "-c",
            "exec 3>&1; exec \"$@\"",
            "sh",
            programs.setsid(),
            programs.bwrap(),
            "--args",
            "0",
            "--",
            "/bin/sh",
            "-c",
            Scripts.INIT);
    // The first process keeps this environment for life, readable from inside.
    builder.environment().clear();
    builder.environment().put("PATH", "/usr/bin:/bin");
    builder.directory(new File("/"));
    builder.redirectError(root.control().resolve("bwrap.log").toFile());
    Process process = launcher.launch(builder);
    outer = process;
    try {
      // By pipe, as the command line is readable from inside.
      try (OutputStream in = process.getOutputStream()) {
        for (String word : arguments.of(root.path())) {
          in.write(word.getBytes(StandardCharsets.UTF_8));
          in.write(0);
        }
      }
      awaitReady(process);
    } catch (IOException failed) {
      process.destroyForcibly();
      throw new IOException("bwrap did not start a sandbox: " + reason(failed), failed);
    }
  }

  private void awaitReady(Process process) throws IOException {
    // A hung start is ended from outside, which ends the read below.
    var alarm = launcher.after(START_SECONDS, TimeUnit.SECONDS, process::destroyForcibly);
    try {
      BufferedReader out =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
      boolean ready = false;
      while (!ready || inner == null) {
        String line = out.readLine();
        if (line == null) {
          throw new IOException("it ended before the sandbox was ready");
        }
        if (line.equals("ready")) {
          ready = true;
        } else if (line.startsWith("{")) {
          JsonNode pid = Wire.parse(line.getBytes(StandardCharsets.UTF_8)).get("child-pid");
          if (pid != null) {
            inner = ProcessHandle.of(pid.asLong()).orElse(null);
          }
        }
      }
    } finally {
      alarm.cancel(false);
    }
  }

  private String reason(IOException failed) {
    try {
      String log = Files.readString(root.control().resolve("bwrap.log")).strip();
      return log.isEmpty() ? String.valueOf(failed.getMessage()) : Redaction.printable(log);
    } catch (IOException unreadable) {
      return String.valueOf(failed.getMessage());
    }
  }

  @Override
  public List<String> enter(LinuxUser user) {
    List<String> words = namespaces();
    // First its root, with fewer rights: setpriv looks up other users by files of the sandbox.
    words.addAll(become(LinuxUser.ROOT));
    if (user != LinuxUser.ROOT) {
      words.addAll(become(user));
    }
    return words;
  }

  @Override
  public List<String> supervised(LinuxUser user) {
    // The supervisor joins the process namespace as well: outside it, a library planted in the
    // sandbox's /etc by an agent would run with a view of the host's processes. And it has no more
    // rights than the sandbox's root, who may trace it.
    List<String> words = enter(LinuxUser.ROOT);
    Collections.addAll(words, "/bin/sh", "-c", Scripts.SUPERVISE, "supervise");
    if (user != LinuxUser.ROOT) {
      words.addAll(become(user));
    }
    return words;
  }

  private List<String> namespaces() {
    ProcessHandle target = inner;
    if (target == null || !target.isAlive()) {
      throw new RpcException(RpcCode.UNAVAILABLE, "the sandbox is not running");
    }
    // A session of its own: what an agent planted inside must not reach the server's terminal.
    List<String> words = new ArrayList<>();
    Collections.addAll(
        words, programs.setsid(), programs.nsenter(), "-t", Long.toString(target.pid()));
    if (!twoUsers) {
      Collections.addAll(words, "-U", "--preserve-credentials");
    }
    Collections.addAll(words, "-m", "-p", "-u", "-i", "--");
    return words;
  }

  private List<String> become(LinuxUser user) {
    if (!twoUsers) {
      return List.of();
    }
    if (user == LinuxUser.ROOT) {
      return List.of(
          programs.setpriv(),
          "--clear-groups",
          "--bounding-set=" + ROOT_CAPABILITIES,
          "--inh-caps=-all");
    }
    String id = Integer.toString(user.uid());
    return List.of(
        programs.setpriv(),
        "--reuid",
        id,
        "--regid",
        id,
        "--clear-groups",
        "--bounding-set=-all",
        "--inh-caps=-all");
  }

  @Override
  public int commandDepth() {
    // nsenter, its forked supervisor, the command.
    return 2;
  }

  @Override
  public String toReal(String path) {
    return path;
  }

  @Override
  public String home(LinuxUser user) {
    return user.home();
  }

  @Override
  public String temporaryDirectory() {
    return "";
  }

  @Override
  public Path controlDirectory() {
    return root.control();
  }

  @Override
  public Path rootDirectory() {
    return root.path();
  }

  /** Those in its process namespace. */
  @Override
  public List<Long> processes() {
    ProcessHandle first = inner;
    Path namespace = first == null ? null : namespaceOf(first.pid());
    if (namespace == null) {
      return List.of();
    }
    try (Stream<ProcessHandle> all = ProcessHandle.allProcesses()) {
      return all.map(ProcessHandle::pid).filter(pid -> namespace.equals(namespaceOf(pid))).toList();
    }
  }

  private static @Nullable Path namespaceOf(long pid) {
    try {
      return Files.readSymbolicLink(Path.of("/proc/%d/ns/pid".formatted(pid)));
    } catch (IOException goneOrForeign) {
      return null;
    }
  }

  @Override
  public void freeze() throws IOException, InterruptedException {
    // Twice: a process that was being forked during the first round is met by the second.
    signalAll("kill -STOP -1; kill -STOP -1");
  }

  @Override
  public void thaw(List<Long> entrances) throws IOException, InterruptedException {
    signalAll("kill -CONT -1");
    if (!entrances.isEmpty()) {
      List<String> words = new ArrayList<>(List.of("/bin/sh", "-c", "kill -CONT \"$@\"", "kill"));
      entrances.forEach(pid -> words.add(pid.toString()));
      run(words);
    }
  }

  private void signalAll(String script) throws IOException, InterruptedException {
    List<String> words = enter(LinuxUser.ROOT);
    Collections.addAll(words, "/bin/sh", "-c", script);
    run(words);
  }

  private static void run(List<String> words) throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(words);
    builder.environment().clear();
    builder.environment().putAll(Map.of("PATH", "/usr/bin:/bin"));
    builder.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD);
    Process process = builder.start();
    if (!process.waitFor(START_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IOException("the processes of the sandbox could not be signalled in time");
    }
  }

  @Override
  public void destroy() {
    ProcessHandle first = inner;
    if (first != null) {
      first.destroyForcibly();
    }
    Process process = outer;
    if (process != null) {
      if (first == null) {
        process.destroyForcibly();
      }
      awaitEnd(process);
    }
  }

  /**
   * Kills what an earlier server with the same data directory left behind, by where its output
   * leads: the entrance of a command that was paused stands stopped, outside the namespaces that
   * ended with the server.
   */
  static void killBelow(Path dataDirectory) {
    try (Stream<ProcessHandle> all = ProcessHandle.allProcesses()) {
      all.filter(process -> isEntrance(process.pid(), dataDirectory))
          .forEach(ProcessHandle::destroyForcibly);
    }
  }

  private static boolean isEntrance(long pid, Path dataDirectory) {
    try {
      Path output = Files.readSymbolicLink(Path.of("/proc/%d/fd/1".formatted(pid)));
      Path folder = output.getParent();
      return output.startsWith(dataDirectory)
          && folder != null
          && folder.endsWith(SandboxRoot.CONTROL);
    } catch (IOException goneOrForeign) {
      return false;
    }
  }

  private static void awaitEnd(Process process) {
    try {
      if (!process.waitFor(DESTROY_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException interrupted) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
