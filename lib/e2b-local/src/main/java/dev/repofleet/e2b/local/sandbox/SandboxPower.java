package dev.repofleet.e2b.local.sandbox;

import dev.repofleet.e2b.local.machine.ProcessConfig;
import dev.repofleet.e2b.local.wire.ApiException;
import dev.repofleet.e2b.local.wire.RpcException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

/**
 * Pauses, wakes and copies one sandbox: what changes the state of one that is there, and asks for
 * no place among the others. Thread-safe; no lock is held while processes are stopped.
 */
final class SandboxPower {
  private final SandboxFactory factory;
  private final InstantSource clock;

  SandboxPower(SandboxFactory factory, InstantSource clock) {
    this.factory = factory;
    this.clock = clock;
  }

  /**
   * Stops every process where it stands and cuts the streams; from pausing to paused, or back to
   * running when it fails.
   *
   * @param keepMemory false ends the processes: the sandbox boots again when it is wanted back
   */
  void pause(Sandbox sandbox, boolean keepMemory) throws IOException, InterruptedException {
    boolean frozen = false;
    try {
      if (keepMemory) {
        sandbox.machine().freeze();
      } else {
        stop(sandbox);
      }
      frozen = true;
    } finally {
      if (frozen) {
        sandbox.endRun(clock.instant());
        factory.keep(sandbox);
      }
      SandboxState next = frozen ? SandboxState.PAUSED : SandboxState.RUNNING;
      if (!sandbox.transition(SandboxState.PAUSING, next)) {
        // Somebody kills it meanwhile.
        factory.forget(sandbox);
      }
    }
    sandbox.log().info("sandbox paused", "memory", Boolean.toString(keepMemory));
    sandbox.cutStreams();
  }

  private static void stop(Sandbox sandbox) {
    sandbox.memoryLost(true);
    sandbox.cutStreams();
    sandbox.machine().destroy();
    sandbox.processes().lose();
  }

  /**
   * Lets it run again, for this long; from resuming to running, or back to paused when it fails.
   *
   * @param keepMemory false boots it again in place of letting its processes go on
   */
  void wake(Sandbox sandbox, Duration timeout, boolean keepMemory)
      throws IOException, InterruptedException {
    boolean thawed = false;
    try {
      factory.forget(sandbox);
      wake(sandbox, keepMemory);
      thawed = true;
    } finally {
      if (thawed) {
        sandbox.beginRun(clock.instant(), timeout);
      } else {
        factory.keep(sandbox);
      }
      SandboxState next = thawed ? SandboxState.RUNNING : SandboxState.PAUSED;
      if (!sandbox.transition(SandboxState.RESUMING, next)) {
        // Somebody killed it meanwhile, and may have looked for processes before there were any.
        sandbox.machine().destroy();
        factory.forget(sandbox);
        factory.discard(sandbox);
      }
    }
  }

  private static void wake(Sandbox sandbox, boolean keepMemory)
      throws IOException, InterruptedException {
    if (!keepMemory && !sandbox.memoryLost()) {
      stop(sandbox);
    }
    if (sandbox.memoryLost()) {
      sandbox.machine().start();
      sandbox.memoryLost(false);
      runStartCommand(sandbox);
      sandbox.log().warn("sandbox booted again: its files are kept, its processes are lost");
    } else {
      sandbox.machine().thaw();
      sandbox.log().info("sandbox resumed");
    }
  }

  /** E2B's snapshots hold it running; here it is started in each sandbox that boots. */
  static void runStartCommand(Sandbox sandbox) throws InterruptedException {
    TemplateImage image = sandbox.image();
    if (image.startCommand().isEmpty()) {
      return;
    }
    ProcessConfig config =
        new ProcessConfig(
                "/bin/bash",
                List.of("-l", "-c", image.startCommand()),
                Map.of(),
                null,
                "startCmd",
                false,
                null)
            .in(image.directory());
    try {
      ProcessTable processes = sandbox.processes();
      processes.begin(processes.start(config, image.user()), List.of());
    } catch (IOException | RpcException failed) {
      sandbox.log().warn("the template's start command did not start: " + failed.getMessage());
    }
  }

  /**
   * Copies its files, with all processes standing still for that time; what they have in memory is
   * not copied.
   *
   * @param before the state it has settled in
   */
  void copyFiles(Sandbox sandbox, SandboxState before, Path target)
      throws IOException, InterruptedException {
    if (before == SandboxState.PAUSED) {
      begin(sandbox, SandboxState.PAUSED, SandboxState.PAUSING);
      try {
        sandbox.machine().copyFiles(target);
      } finally {
        sandbox.transition(SandboxState.PAUSING, SandboxState.PAUSED);
      }
      return;
    }
    begin(sandbox, SandboxState.RUNNING, SandboxState.COPYING);
    try {
      sandbox.machine().freeze();
      try {
        sandbox.machine().copyFiles(target);
      } finally {
        if (sandbox.state() == SandboxState.COPYING) {
          sandbox.machine().thaw();
        }
      }
    } finally {
      sandbox.transition(SandboxState.COPYING, SandboxState.RUNNING);
    }
    sandbox.log().info("snapshot taken: files alone, no processes");
  }

  /**
   * Goes from one state to another.
   *
   * @throws ApiException 409 if somebody else is changing it
   */
  static void begin(Sandbox sandbox, SandboxState from, SandboxState to) {
    if (!sandbox.transition(from, to)) {
      throw ApiException.of(409, "Sandbox " + sandbox.id() + " is changing its state; try again");
    }
  }
}
