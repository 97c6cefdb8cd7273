package dev.repofleet.e2b.local;

import dev.repofleet.e2b.local.machine.LinuxUser;
import dev.repofleet.e2b.local.machine.MachineUsage;
import dev.repofleet.e2b.local.machine.ProcessConfig;
import dev.repofleet.e2b.local.machine.RunningProgram;
import dev.repofleet.e2b.local.machine.SandboxFiles;
import dev.repofleet.e2b.local.machine.SandboxMachine;
import dev.repofleet.e2b.local.sandbox.NewSandbox;
import dev.repofleet.e2b.local.sandbox.Sandbox;
import dev.repofleet.e2b.local.sandbox.SandboxDescription;
import dev.repofleet.e2b.local.sandbox.SandboxFactory;
import dev.repofleet.e2b.local.sandbox.TemplateImage;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Sandboxes without processes that remember what was done to them. */
public final class FakeSandboxes implements SandboxFactory {
  public final List<String> calls = new ArrayList<>();
  private final InstantSource clock;
  private final Set<String> kept = new HashSet<>();

  /** Whether paused ones are found by the next server. */
  public boolean keeps;

  /** Runs while files are copied. */
  public Runnable whileCopying = () -> {};

  public FakeSandboxes(InstantSource clock) {
    this.clock = clock;
  }

  @Override
  public Sandbox create(String id, NewSandbox request) {
    return new Sandbox(
        id,
        request,
        TemplateImage.builtIn(request.template(), false),
        new Sandbox.Tokens("token-" + id, "traffic-" + id),
        Map.of(),
        new FakeMachine(),
        clock);
  }

  @Override
  public Sandbox restore(SandboxDescription found) {
    return create(found.id(), found.request());
  }

  @Override
  public boolean keep(Sandbox sandbox) {
    if (keeps) {
      kept.add(sandbox.id());
    }
    return keeps;
  }

  @Override
  public boolean isKept(Sandbox sandbox) {
    return kept.contains(sandbox.id());
  }

  @Override
  public void forget(Sandbox sandbox) {
    kept.remove(sandbox.id());
  }

  @Override
  public void discard(Sandbox sandbox) {
    calls.add("discard");
  }

  private final class FakeMachine implements SandboxMachine {
    @Override
    public void start() {
      calls.add("start");
    }

    @Override
    public SandboxFiles files(LinuxUser user) {
      throw new UnsupportedOperationException("a fake sandbox has no files");
    }

    @Override
    public RunningProgram launch(ProcessConfig config, LinuxUser user) {
      throw new UnsupportedOperationException("a fake sandbox runs nothing");
    }

    @Override
    public void freeze() {
      calls.add("freeze");
    }

    @Override
    public void thaw() {
      calls.add("thaw");
    }

    @Override
    public Optional<MachineUsage> usage() {
      return Optional.empty();
    }

    @Override
    public void copyFiles(Path target) {
      calls.add("copy");
      whileCopying.run();
    }

    @Override
    public Optional<String> listener(int port) {
      return Optional.empty();
    }

    @Override
    public void destroy() {
      calls.add("destroy");
    }
  }
}
