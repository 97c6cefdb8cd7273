package dev.repofleet.e2b.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.e2b.local.host.CommandEnvironment;
import dev.repofleet.e2b.local.host.HostMachine;
import dev.repofleet.e2b.local.host.Isolation;
import dev.repofleet.e2b.local.host.IsolationProbe;
import dev.repofleet.e2b.local.host.PlainRuntime;
import dev.repofleet.e2b.local.host.SandboxRoot;
import dev.repofleet.e2b.local.machine.LinuxUser;
import dev.repofleet.e2b.local.machine.ProcessConfig;
import dev.repofleet.e2b.local.sandbox.ProcessSelector;
import dev.repofleet.e2b.local.sandbox.ProcessTable;
import dev.repofleet.e2b.local.sandbox.SandboxLog;
import dev.repofleet.e2b.local.sandbox.SandboxProcess;
import dev.repofleet.e2b.local.wire.Threads;
import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerProcessIT {
  private static final String UID = "61234";

  @TempDir private Path directory;

  private static String classPath() {
    return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
  }

  private static boolean running(String command) {
    return any(command::equals);
  }

  private static boolean any(Predicate<String> arguments) {
    try (DirectoryStream<Path> all = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      for (Path process : all) {
        if (arguments.test(commandLine(process))) {
          return true;
        }
      }
      return false;
    } catch (IOException unreadable) {
      throw new java.io.UncheckedIOException(unreadable);
    }
  }

  private static String commandLine(Path process) {
    try {
      return Files.readString(process.resolve("cmdline")).replace('\0', ' ').strip();
    } catch (IOException gone) {
      return "";
    }
  }

  @Test
  void aKilledServerLeavesNoProcessAndTheNextOneClearsItsFiles() throws Exception {
    TestServer.requireTool(Isolation.detect().isolated(), "bubblewrap");
    Path data = directory.resolve("data");
    ServerProcess first = ServerProcess.start(List.of(), "64m", classPath(), data, "bwrap");
    WireClient client = first.client();
    WireClient.Box box = client.create();
    client.run(box, "user", "setsid -f sleep 60601 >&/dev/null");
    WireClient.Events stream = client.stream(box, "root", "exec sleep 60602", Map.of());
    stream.pid();
    Awaiting.until("it runs", () -> running("sleep 60601"));
    WireClient.Box paused = client.create();
    String nap = "sleep 60604." + ProcessHandle.current().pid();
    client.stream(paused, "user", "echo 1 > note; exec " + nap, Map.of()).pid();
    Awaiting.until("it wrote", () -> client.read(paused, "user", "note").body().equals("1\n"));
    client.api("POST", "/sandboxes/" + paused.id() + "/pause", null);
    first.kill();
    Awaiting.until(
        "the sandbox died with its server",
        () -> !running("sleep 60601") && !running("sleep 60602") && !running(nap));
    Path files = data.resolve("sandboxes").resolve(box.id());
    assertThat(files).exists();
    try (ServerProcess second = ServerProcess.start(List.of(), "64m", classPath(), data, "bwrap")) {
      Awaiting.until("its files are gone", () -> !Files.exists(files));
      // Stopped by the pause, and in no namespace that ended.
      Awaiting.until(
          "what led into the paused one is gone", () -> !any(line -> line.contains(nap)));
      WireClient.Answer lost = second.client().api("GET", "/sandboxes/" + box.id(), null);
      assertThat(lost.status()).isEqualTo(404);
      assertThat(lost.json().get("message").asText()).contains("lost with the server that ran it");
      String connect = "/sandboxes/" + paused.id() + "/connect";
      WireClient.Answer woken = second.client().api("POST", connect, "{\"timeout\":60}");
      assertThat(woken.status()).as(woken.body()).isEqualTo(201);
      WireClient.Box again =
          new WireClient.Box(paused.id(), woken.json().get("envdAccessToken").asText());
      assertThat(second.client().read(again, "user", "note").body()).isEqualTo("1\n");
    }
  }

  @Test
  void aServerStartedInTheBackgroundGivesItsCommandsTheDefaultSignals() throws Exception {
    TestServer.requireTool(Isolation.detect().isolated(), "bubblewrap");
    List<String> ignoring =
        List.of("/bin/sh", "-c", "trap '' HUP INT QUIT; exec \"$@\"", "ignoring");
    for (String isolation : List.of("bwrap", "plain")) {
      Path data = directory.resolve(isolation);
      try (ServerProcess server =
          ServerProcess.start(ignoring, "64m", classPath(), data, isolation)) {
        WireClient client = server.client();
        String status = client.run(client.create(), "user", "cat /proc/self/status").out();
        assertThat(status).containsPattern("SigIgn:\t[0-9a-f]{15}[08]\n");
      }
    }
  }

  @Test
  void memoryDoesNotGrowWithOutputOrWithAStalledReader() throws Exception {
    TestServer.requireTool(Isolation.detect().isolated(), "bubblewrap");
    try (ServerProcess server =
        ServerProcess.start(List.of(), "40m", classPath(), directory.resolve("d"), "bwrap")) {
      WireClient client = server.client();
      WireClient.Box box = client.create();
      try (WireClient.Events stalled = client.stream(box, "user", "exec cat /dev/zero", Map.of())) {
        stalled.pid();
        WireClient.Result result =
            client.run(box, "user", "head -c 50000000 /dev/zero | tr '\\0' x; echo end >&2");
        assertThat(result.out()).hasSize(50_000_000);
        assertThat(result.err()).isEqualTo("end\n");
      }
    }
  }

  @Test
  void anOrdinaryUserGetsOneAccountInsideAndTheSameWalls() throws Exception {
    TestServer.requireTool(IsolationProbe.runsAsRoot(), "root, to start a server as another user");
    TestServer.requireTool(Isolation.detect().isolated(), "bubblewrap");
    Files.setAttribute(directory, "unix:mode", 0711);
    Path secret = Files.writeString(directory.resolve("secret"), "host secret");
    Path data = Files.createDirectory(directory.resolve("data"));
    Files.setAttribute(data, "unix:uid", Integer.parseInt(UID));
    List<String> prefix =
        List.of("setpriv", "--reuid", UID, "--regid", UID, "--clear-groups", "--");
    try (ServerProcess server =
        ServerProcess.start(prefix, "64m", readableClassPath(), data, "bwrap")) {
      TestServer.requireTool(
          server.kind().equals("BUBBLEWRAP_ONE_USER"), "user namespaces: " + server.kind());
      WireClient client = server.client();
      WireClient.Box box = client.create();
      assertThat(client.run(box, "user", "id -u; pwd; ls /home; ps -eo comm | grep -c java").out())
          .isEqualTo("0\n/home/user\nuser\n0\n");
      assertThat(client.write(box, "root", "/var/lib/repofleet/fence", "t").status())
          .isEqualTo(200);
      assertThat(client.read(box, "user", "/proc/self/root" + secret).status()).isEqualTo(404);
      String agent =
          "unshare -m sh -c 'mount -t tmpfs none /var/lib/repofleet; exec setpriv"
              + " --bounding-set=-all --inh-caps=-all --no-new-privs sh -c \""
              + "cat /var/lib/repofleet/fence /proc/1/root/var/lib/repofleet/fence; id -u\"'";
      assertThat(client.run(box, "root", agent).out()).isEqualTo("0\n");
      WireClient.Events stream =
          client.stream(box, "user", "exec sleep 60603", Map.of("Connect-Timeout-Ms", "500"));
      stream.pid();
      stream.drain();
      Awaiting.until("the kill timer works", () -> !running("sleep 60603"));
      client.run(box, "user", "mkdir -p ~/locked/in; chmod 0 ~/locked");
      client.kill(box);
      Path files = data.resolve("sandboxes").resolve(box.id());
      Awaiting.until("its files are gone", () -> !Files.exists(files));
    }
  }

  /** The class path where another user may read it. */
  private String readableClassPath() throws IOException {
    Path target = Files.createDirectory(directory.resolve("classes"));
    Files.setAttribute(target, "unix:mode", 0755);
    List<String> entries = new ArrayList<>();
    for (String entry : classPath().split(File.pathSeparator, -1)) {
      Path source = Path.of(entry);
      if (!Files.exists(source)) {
        continue;
      }
      Path copy = target.resolve(Integer.toString(entries.size()));
      if (Files.isDirectory(source)) {
        copyTree(source, copy);
      } else {
        Files.copy(source, copy, StandardCopyOption.REPLACE_EXISTING);
        Files.setAttribute(copy, "unix:mode", 0644);
      }
      entries.add(copy.toString());
    }
    return String.join(File.pathSeparator, entries);
  }

  private static void copyTree(Path source, Path copy) throws IOException {
    try (var all = Files.walk(source)) {
      for (Path path : all.toList()) {
        Path target = copy.resolve(source.relativize(path).toString());
        if (Files.isDirectory(path)) {
          Files.createDirectories(target);
          Files.setAttribute(target, "unix:mode", 0755);
        } else {
          Files.copy(path, target);
          Files.setAttribute(target, "unix:mode", 0644);
        }
      }
    }
  }

  @Test
  void plainProcessesCarryCommandsAndFilesWithAHomeOfTheirOwn() throws Exception {
    try (TestServer server = TestServer.plain(directory.resolve("plain"))) {
      WireClient client = server.client();
      WireClient.Box box = client.create();
      String home = client.run(box, "user", "echo $HOME").out().strip();
      assertThat(home).startsWith(directory.toString());
      client.write(box, "user", "/home/user/a", "1");
      client.write(box, "root", "/var/lib/repofleet/b", "2");
      assertThat(client.run(box, "user", "cat ~/a $E2B_LOCAL_STATE/b; pwd").out())
          .isEqualTo("12" + home + "\n");
      assertThat(client.read(box, "user", home + "/a").body()).isEqualTo("1");
      client.run(box, "user", "setsid -f sleep 60604 >&/dev/null");
      Awaiting.until("it runs", () -> running("sleep 60604"));
      client.kill(box);
      Awaiting.until("detached ones are killed, too", () -> !running("sleep 60604"));
    }
  }

  @Test
  void anEndedProcessIsForgottenAfterThirtySeconds() throws Exception {
    MutableClock clock = new MutableClock();
    PlainRuntime runtime = new PlainRuntime(new SandboxRoot(directory.resolve("box"), null));
    runtime.start();
    var workers = Threads.blockingPool("test");
    try {
      CommandEnvironment environment = new CommandEnvironment(runtime, "/usr/bin:/bin", Map.of());
      ProcessTable table =
          new ProcessTable(
              new HostMachine(runtime, environment, workers), new SandboxLog(clock), clock);
      SandboxProcess process =
          table.start(
              new ProcessConfig("true", List.of(), Map.of(), null, "t", false, null),
              LinuxUser.USER);
      ProcessSelector byPid = new ProcessSelector(process.pid(), null);
      table.begin(process, List.of());
      Awaiting.until("it ended", () -> table.live().isEmpty());
      assertThat(table.live(byPid)).isEmpty();
      assertThat(table.known(byPid)).contains(process);
      clock.advance(ProcessTable.RETENTION.minusSeconds(1));
      assertThat(table.known(new ProcessSelector(0, "t"))).contains(process);
      clock.advance(java.time.Duration.ofSeconds(1));
      assertThat(table.known(byPid)).isEmpty();
    } finally {
      workers.shutdownNow();
    }
  }
}
