package dev.repofleet.e2b.local.host;

import dev.repofleet.e2b.local.machine.LinuxUser;
import dev.repofleet.e2b.local.machine.SandboxLauncher;
import dev.repofleet.e2b.local.wire.RpcException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Tries bubblewrap by using it. */
public final class IsolationProbe {
  private IsolationProbe() {}

  static Isolation run() {
    if (!System.getProperty("os.name", "").equals("Linux")) {
      return unavailable("Local sandboxes need Linux.");
    }
    HostPrograms programs;
    try {
      programs = HostPrograms.find();
    } catch (IllegalStateException missing) {
      return unavailable(String.valueOf(missing.getMessage()));
    }
    try {
      return tryOnce(programs);
    } catch (IOException | RpcException failed) {
      return unavailable(
          failed.getMessage()
              + ". Unprivileged user namespaces may be switched off on this machine.");
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return unavailable("The trial of bubblewrap was interrupted.");
    }
  }

  public static boolean runsAsRoot() throws IOException {
    return Files.getAttribute(Path.of("/proc/self"), "unix:uid") instanceof Integer uid && uid == 0;
  }

  private static Isolation tryOnce(HostPrograms programs) throws IOException, InterruptedException {
    boolean root = runsAsRoot();
    Path base = Files.createTempDirectory("repofleet-isolation-");
    try (SandboxLauncher launcher = new SandboxLauncher()) {
      BubblewrapRuntime runtime =
          new BubblewrapRuntime(
              new SandboxRoot(base, null),
              new BubblewrapArguments(root, "probe", Toolchain.none(), List.of(), Map.of()),
              launcher,
              programs);
      try {
        runtime.start();
        for (LinuxUser user : LinuxUser.values()) {
          enterOnce(runtime, user);
        }
      } finally {
        runtime.destroy();
      }
    } finally {
      Trash.delete(base);
    }
    return root
        ? new Isolation(
            Isolation.Kind.BUBBLEWRAP_TWO_USERS,
            "bubblewrap, with root and user as separate accounts inside")
        : new Isolation(
            Isolation.Kind.BUBBLEWRAP_ONE_USER,
            "bubblewrap in a user namespace, with one account inside");
  }

  private static void enterOnce(BubblewrapRuntime runtime, LinuxUser user)
      throws IOException, InterruptedException {
    List<String> words = runtime.enter(user);
    words.add("/bin/true");
    Process process =
        new ProcessBuilder(words)
            .redirectErrorStream(true)
            .redirectOutput(runtime.controlDirectory().resolve("enter.log").toFile())
            .start();
    if (!process.waitFor(10, TimeUnit.SECONDS) || process.exitValue() != 0) {
      process.destroyForcibly();
      String log = Files.readString(runtime.controlDirectory().resolve("enter.log")).strip();
      throw new IOException("a bubblewrap sandbox could not be entered: " + log);
    }
  }

  private static Isolation unavailable(String reason) {
    return new Isolation(Isolation.Kind.UNAVAILABLE, reason);
  }
}
