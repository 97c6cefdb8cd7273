package dev.repofleet.e2b.local.simulated;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One machine in memory: files, a clock, processes. It owns no thread: programs are driven by calls
 * and by the timers of the executor it is given. Thread-safe; one lock guards all of it.
 */
public final class SimulatedMachine {
  private static final Logger log = LoggerFactory.getLogger(SimulatedMachine.class);
  private static final String USER = "user";

  /** sysexits.h's "internal software error". */
  private static final int PROGRAM_FAILED = 70;

  private final Object lock = new Object();
  private final Map<String, SimulatedProgram> programs;
  private final MachineClock clock;
  private final MemoryFiles files;
  private final Map<Long, SimulatedProcess> processes = new LinkedHashMap<>();
  private long pids = 100;
  private boolean destroyed;

  /**
   * Makes a machine with its users' homes and {@code /tmp}.
   *
   * @param programs by the last part of their path
   * @param source the time of day
   * @param timers runs short tasks; stays its owner's to close
   */
  public SimulatedMachine(
      Map<String, SimulatedProgram> programs,
      InstantSource source,
      ScheduledExecutorService timers) {
    this.programs = Map.copyOf(programs);
    this.clock = new MachineClock(source, timers, lock);
    this.files = new MemoryFiles(clock, lock);
    files.makeDirectories("/home/user", MemoryFiles.ROOT);
    files.remove("/home/user", MemoryFiles.ROOT);
    files.setMode("/home", 0777, MemoryFiles.ROOT);
    files.makeDirectories("/home/user", USER);
    files.setMode("/home", 0755, MemoryFiles.ROOT);
    files.makeDirectories("/root", MemoryFiles.ROOT, 077);
    files.makeDirectories("/var/lib", MemoryFiles.ROOT);
    files.makeDirectories("/tmp", MemoryFiles.ROOT, 0);
  }

  /** Its files. */
  public MemoryFiles files() {
    return files;
  }

  /** Its clock and timers. */
  public MachineClock clock() {
    return clock;
  }

  /**
   * Starts a process. Returns at once; a program that answers at once has ended by then.
   *
   * @param output where its output and end go
   * @throws IllegalStateException if the machine was destroyed
   * @throws FileFault if the directory is missing
   */
  public SimulatedProcess start(ProcessStart start, ProcessOutput output) {
    synchronized (lock) {
      if (destroyed) {
        throw new IllegalStateException("cannot start a process on a destroyed machine");
      }
      if (files.stat(start.directory()).filter(FileInfo::directory).isEmpty()) {
        throw new FileFault(FileFault.Kind.MISSING, start.directory());
      }
      SimulatedProcess process = new SimulatedProcess(this, ++pids, start, output);
      processes.put(process.pid(), process);
      run(process);
      return process;
    }
  }

  /** The living processes that have a variable with this value. */
  public List<SimulatedProcess> having(String variable, String value) {
    synchronized (lock) {
      return processes.values().stream()
          .filter(process -> process.variable(variable).equals(value))
          .toList();
    }
  }

  /** Stops every process where it stands. */
  public void freeze() {
    clock.freeze();
  }

  /** Lets them go on. */
  public void thaw() {
    clock.thaw();
  }

  /** Kills every process; nothing starts any more. */
  public void destroy() {
    synchronized (lock) {
      destroyed = true;
      new ArrayList<>(processes.values()).forEach(one -> one.signal(SimulatedProcess.SIGKILL));
      clock.clear();
    }
  }

  Object lock() {
    return lock;
  }

  void forget(SimulatedProcess process) {
    processes.remove(process.pid());
  }

  /** The program of this name, if there is one. */
  boolean knows(String path) {
    return programs.containsKey(name(path));
  }

  /** Starts, or goes on with, the program that a process names now. */
  void run(SimulatedProcess process) {
    String path = process.argv().get(0);
    SimulatedProgram program = programs.get(name(path));
    if (program == null) {
      String reason = name(path) + ": command not found: no program of a simulated sandbox";
      log.warn("{}; it has {}", reason, programs.keySet().stream().sorted().toList());
      process.fail(127, reason);
      return;
    }
    step(process, () -> program.start(process));
  }

  /** Runs a step of a process. One that throws ends the process, so that nobody waits for it. */
  void step(SimulatedProcess process, Runnable step) {
    String name = name(process.argv().get(0));
    try {
      step.run();
    } catch (FileFault refused) {
      process.fail(1, name + ": " + refused.getMessage());
    } catch (RuntimeException failed) {
      log.error("the simulated program {} failed", name, failed);
      process.fail(PROGRAM_FAILED, "the simulated program " + name + " failed: " + failed);
    }
  }

  private static String name(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }
}
