package dev.repofleet.e2b.local.memory;

import dev.repofleet.e2b.local.machine.SandboxLauncher;
import dev.repofleet.e2b.local.machine.SandboxMachine;
import dev.repofleet.e2b.local.sandbox.SandboxMachines;
import dev.repofleet.e2b.local.sandbox.TemplateImage;
import dev.repofleet.e2b.local.simulated.SimulatedMachine;
import dev.repofleet.e2b.local.simulated.SimulatedProgram;
import dev.repofleet.e2b.local.simulated.Simulation;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;

/** Machines that exist in memory only. Thread-safe. */
public final class SimulatedMachines implements SandboxMachines {
  private final Map<String, SimulatedProgram> base;
  private final Map<String, SimulatedProgram> claude;
  private final SandboxLauncher launcher;
  private final Executor workers;
  private final InstantSource clock;

  public SimulatedMachines(
      Simulation simulation, SandboxLauncher launcher, Executor workers, InstantSource clock) {
    this.base = simulation.allPrograms(false);
    this.claude = simulation.allPrograms(true);
    this.launcher = launcher;
    this.workers = workers;
    this.clock = clock;
  }

  @Override
  public SandboxMachine make(String id, TemplateImage image, Map<String, String> variables) {
    SimulatedMachine machine =
        new SimulatedMachine(image.claude() ? claude : base, clock, launcher.timers());
    return new MemoryMachine(machine, variables, workers);
  }

  @Override
  public Optional<Path> folder(String id) {
    return Optional.empty();
  }

  /** Its files go with the last reference to it. */
  @Override
  public void discard(String id) {}
}
