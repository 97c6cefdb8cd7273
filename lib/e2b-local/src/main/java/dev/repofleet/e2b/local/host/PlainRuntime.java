package dev.repofleet.e2b.local.host;

import dev.repofleet.e2b.local.machine.LinuxUser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Plain processes with a directory each: no isolation. Paths that callers give, {@code /home/user}
 * and {@code /var/lib/repofleet} among them, are looked up below that directory; words of a command
 * are not translated, so programs must go by {@code $HOME}, {@code $TMPDIR} and {@code
 * $E2B_LOCAL_STATE}. Both names run as the account of the server.
 */
public final class PlainRuntime implements SandboxRuntime {
  /** Marks every process of a sandbox; whoever clears its environment escapes the kill. */
  public static final String MARK = "E2B_LOCAL_ROOT";

  private final SandboxRoot root;
  private final String setsid;

  public PlainRuntime(SandboxRoot root) {
    this.root = root;
    this.setsid = HostPrograms.find("setsid", "util-linux");
  }

  @Override
  public void start() throws IOException, InterruptedException {
    root.create(false);
  }

  @Override
  public List<String> enter(LinuxUser user) {
    return new ArrayList<>();
  }

  @Override
  public List<String> supervised(LinuxUser user) {
    List<String> words = new ArrayList<>();
    Collections.addAll(words, setsid, "/bin/sh", "-c", Scripts.SUPERVISE, "supervise");
    return words;
  }

  @Override
  public int commandDepth() {
    return 1;
  }

  @Override
  public String toReal(String path) {
    String base = root.path().toString();
    return path.equals(base) || path.startsWith(base + "/") ? path : base + path;
  }

  @Override
  public String home(LinuxUser user) {
    return toReal(user.home());
  }

  @Override
  public String temporaryDirectory() {
    return toReal("/tmp");
  }

  @Override
  public Path controlDirectory() {
    return root.control();
  }

  @Override
  public Path rootDirectory() {
    return root.path();
  }

  @Override
  public List<Long> processes() {
    List<Long> pids = new ArrayList<>();
    marked(root.path().toString()::equals, handle -> pids.add(handle.pid()));
    return pids;
  }

  @Override
  public void freeze() throws IOException, InterruptedException {
    signalAll("STOP");
  }

  @Override
  public void thaw(List<Long> entrances) throws IOException, InterruptedException {
    signalAll("CONT");
  }

  private void signalAll(String signal) throws IOException, InterruptedException {
    List<String> words =
        new ArrayList<>(List.of("/bin/sh", "-c", "kill -" + signal + " \"$@\"", "kill"));
    List<Long> pids = processes();
    if (pids.isEmpty()) {
      return;
    }
    pids.forEach(pid -> words.add(pid.toString()));
    Process kill = new ProcessBuilder(words).redirectErrorStream(true).start();
    if (!kill.waitFor(5, TimeUnit.SECONDS)) {
      kill.destroyForcibly();
    }
  }

  @Override
  public void destroy() {
    killMarked(root.path().toString()::equals);
  }

  /** Kills what an earlier server with the same data directory left behind. */
  static void killBelow(Path dataDirectory) {
    killMarked(mark -> mark.startsWith(dataDirectory + "/"));
  }

  private static void killMarked(Predicate<String> mark) {
    // Some rounds, as a killed parent may just have forked.
    for (int round = 0; round < 3; round++) {
      marked(mark, ProcessHandle::destroyForcibly);
    }
  }

  private static void marked(Predicate<String> mark, Consumer<ProcessHandle> action) {
    try (Stream<ProcessHandle> all = ProcessHandle.allProcesses()) {
      all.filter(handle -> mark.test(markOf(handle.pid()))).forEach(action);
    }
  }

  private static String markOf(long pid) {
    try {
      byte[] bytes = Files.readAllBytes(Path.of("/proc", Long.toString(pid), "environ"));
      for (String variable : new String(bytes, StandardCharsets.UTF_8).split("\0", -1)) {
        if (variable.startsWith(MARK + "=")) {
          return variable.substring(MARK.length() + 1);
        }
      }
      return "";
    } catch (IOException notOurs) {
      return "";
    }
  }
}
