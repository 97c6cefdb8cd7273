package dev.repofleet.e2b.local;

import dev.repofleet.e2b.local.host.BubblewrapArguments;
import dev.repofleet.e2b.local.host.BubblewrapRuntime;
import dev.repofleet.e2b.local.host.ClaudeInstall;
import dev.repofleet.e2b.local.host.CommandEnvironment;
import dev.repofleet.e2b.local.host.DataDirectory;
import dev.repofleet.e2b.local.host.HostMachine;
import dev.repofleet.e2b.local.host.HostPrograms;
import dev.repofleet.e2b.local.host.Isolation;
import dev.repofleet.e2b.local.host.PlainRuntime;
import dev.repofleet.e2b.local.host.SandboxRoot;
import dev.repofleet.e2b.local.host.SandboxRuntime;
import dev.repofleet.e2b.local.host.ToolMount;
import dev.repofleet.e2b.local.host.Toolchain;
import dev.repofleet.e2b.local.machine.SandboxLauncher;
import dev.repofleet.e2b.local.machine.SandboxMachine;
import dev.repofleet.e2b.local.sandbox.SandboxMachines;
import dev.repofleet.e2b.local.sandbox.TemplateImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Machines of real processes and files of this host. Thread-safe. */
final class HostMachines implements SandboxMachines {
  private final LocalSandboxOptions options;
  private final DataDirectory directory;
  private final SandboxLauncher launcher;
  private final Executor workers;
  private final Toolchain toolchain;
  private final Optional<ClaudeInstall> claude;
  private final @Nullable HostPrograms programs;

  HostMachines(
      LocalSandboxOptions options,
      DataDirectory directory,
      SandboxLauncher launcher,
      Executor workers) {
    this.options = options;
    this.directory = directory;
    this.launcher = launcher;
    this.workers = workers;
    boolean isolated = options.isolation().isolated();
    this.toolchain = isolated ? Toolchain.find(options.hostEnvironment()) : Toolchain.none();
    this.claude = ClaudeInstall.find(options.hostEnvironment());
    this.programs = isolated ? HostPrograms.find() : null;
  }

  @Override
  public SandboxMachine make(String id, TemplateImage image, Map<String, String> variables) {
    SandboxRuntime runtime = runtime(id, image);
    Map<String, String> all = new LinkedHashMap<>(variables);
    if (!options.isolation().isolated()) {
      all.put(PlainRuntime.MARK, runtime.toReal("/").replaceAll("/$", ""));
    }
    return new HostMachine(runtime, new CommandEnvironment(runtime, path(), all), workers);
  }

  @Override
  public Optional<Path> folder(String id) {
    return Optional.of(directory.of(id));
  }

  @Override
  public void discard(String id) {
    directory.discard(id);
  }

  private SandboxRuntime runtime(String id, TemplateImage image) {
    SandboxRoot root = new SandboxRoot(directory.of(id), image.files());
    HostPrograms found = programs;
    if (found == null) {
      return new PlainRuntime(root);
    }
    List<ToolMount> extra = new ArrayList<>();
    Map<String, String> links = new LinkedHashMap<>();
    if (image.claude() && claude.isPresent()) {
      extra.add(claude.get().mount());
      links.put("claude", claude.get().inside());
    }
    boolean twoUsers = options.isolation().kind() == Isolation.Kind.BUBBLEWRAP_TWO_USERS;
    return new BubblewrapRuntime(
        root, new BubblewrapArguments(twoUsers, id, toolchain, extra, links), launcher, found);
  }

  /** Without isolation the host's own PATH: its tools are where they are. */
  private String path() {
    return options.isolation().isolated()
        ? toolchain.pathVariable()
        : options.hostEnvironment().getOrDefault("PATH", "/usr/local/bin:/usr/bin:/bin");
  }
}
