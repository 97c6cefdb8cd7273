package dev.repofleet.e2b.local;

import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Sandboxes without processes that remember what was done to them. */
final class FakeSandboxes implements SandboxFactory {
  final List<String> calls = new ArrayList<>();
  private final InstantSource clock;

  FakeSandboxes(InstantSource clock) {
    this.clock = clock;
  }

  @Override
  public Sandbox create(String id, NewSandbox request, Instant now) {
    SandboxRuntime runtime = new FakeRuntime(id);
    CommandEnvironment environment = new CommandEnvironment(runtime, "/bin", Map.of());
    ProcessTable processes = new ProcessTable(runtime, environment, Runnable::run, clock);
    return new Sandbox(id, request, "token-" + id, runtime, processes, now);
  }

  @Override
  public void discard(Sandbox sandbox) {
    calls.add("discard");
  }

  private final class FakeRuntime implements SandboxRuntime {
    private final String id;

    FakeRuntime(String id) {
      this.id = id;
    }

    @Override
    public void start() {
      calls.add("start");
    }

    @Override
    public List<String> enter(LinuxUser user) {
      return new ArrayList<>();
    }

    @Override
    public List<String> supervised(LinuxUser user) {
      return new ArrayList<>();
    }

    @Override
    public int commandDepth() {
      return 0;
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
      return Path.of("/nonexistent", id);
    }

    @Override
    public void freeze() {
      calls.add("freeze");
    }

    @Override
    public void thaw(List<Long> entrances) {
      calls.add("thaw");
    }

    @Override
    public void destroy() {
      calls.add("destroy");
    }
  }
}
