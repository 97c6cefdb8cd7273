package dev.repofleet.e2b.local.memory;

import dev.repofleet.e2b.local.machine.LinuxUser;
import dev.repofleet.e2b.local.machine.MachineUsage;
import dev.repofleet.e2b.local.machine.ProcessConfig;
import dev.repofleet.e2b.local.machine.RunningProgram;
import dev.repofleet.e2b.local.machine.SandboxFiles;
import dev.repofleet.e2b.local.machine.SandboxMachine;
import dev.repofleet.e2b.local.simulated.FileFault;
import dev.repofleet.e2b.local.simulated.ProcessStart;
import dev.repofleet.e2b.local.simulated.SimulatedMachine;
import dev.repofleet.e2b.local.wire.ApiException;
import dev.repofleet.e2b.local.wire.Redaction;
import dev.repofleet.e2b.local.wire.RpcCode;
import dev.repofleet.e2b.local.wire.RpcException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;

/** Puts a simulated machine behind envd's door. Thread-safe; nothing here blocks. */
final class MemoryMachine implements SandboxMachine {
  private final SimulatedMachine machine;
  private final Map<String, String> variables;
  private final Executor workers;

  /**
   * @param variables of every command
   * @param workers carry output to clients, who may be slow
   */
  MemoryMachine(SimulatedMachine machine, Map<String, String> variables, Executor workers) {
    this.machine = machine;
    this.variables = Map.copyOf(variables);
    this.workers = workers;
  }

  /** There is nothing to make. */
  @Override
  public void start() {}

  @Override
  public SandboxFiles files(LinuxUser user) {
    return new MemorySandboxFiles(machine.files(), user.login());
  }

  @Override
  public RunningProgram launch(ProcessConfig config, LinuxUser user) {
    if (config.terminal() != null) {
      throw new RpcException(
          RpcCode.UNIMPLEMENTED,
          "a simulated sandbox has no terminals (pty); start the server without --simulate");
    }
    List<String> argv = new ArrayList<>(List.of(config.command()));
    argv.addAll(config.arguments());
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put("PATH", "/usr/local/bin:/usr/bin:/bin");
    environment.put("HOME", user.home());
    environment.put("USER", user.login());
    environment.putAll(variables);
    environment.putAll(config.environment());
    String directory = config.directoryFor(user);
    MemoryProgram program = new MemoryProgram(workers);
    try {
      program.started(
          machine.start(new ProcessStart(argv, environment, user.login(), directory, ""), program));
    } catch (FileFault missing) {
      throw new RpcException(
          RpcCode.INVALID_ARGUMENT, "cwd '" + Redaction.printable(directory) + "' does not exist");
    } catch (IllegalStateException destroyed) {
      throw new RpcException(
          RpcCode.UNAVAILABLE, "the command did not start: " + destroyed.getMessage());
    }
    return program;
  }

  @Override
  public Optional<MachineUsage> usage() {
    return Optional.empty();
  }

  @Override
  public void copyFiles(Path target) {
    throw ApiException.of(
        400,
        "this server simulates its sandboxes: they have no files that could be kept as a snapshot"
            + " or template. Start it without --simulate");
  }

  /** Its programs open no ports. */
  @Override
  public Optional<String> listener(int port) {
    return Optional.empty();
  }

  @Override
  public void freeze() {
    machine.freeze();
  }

  @Override
  public void thaw() {
    machine.thaw();
  }

  @Override
  public void destroy() {
    machine.destroy();
  }
}
