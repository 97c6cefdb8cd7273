package dev.repofleet.e2b.local.simulated;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A running {@link SimulatedProgram}: what it was started with, and how it answers. Thread-safe by
 * the machine's lock. After its end nothing it does has an effect.
 */
public final class SimulatedProcess {
  /** The signal of an interrupt. */
  public static final int SIGINT = 2;

  /** The signal that can't be refused. */
  public static final int SIGKILL = 9;

  /** The signal that asks to end. */
  public static final int SIGTERM = 15;

  private final SimulatedMachine machine;
  private final long pid;
  private final ProcessStart start;
  private final ProcessOutput output;
  private final List<Runnable> atEnd = new ArrayList<>();
  private List<String> argv;
  private boolean ended;

  SimulatedProcess(SimulatedMachine machine, long pid, ProcessStart start, ProcessOutput output) {
    this.machine = machine;
    this.pid = pid;
    this.start = start;
    this.output = output;
    this.argv = start.argv();
  }

  /** Its number, which no other process of the machine has had. */
  public long pid() {
    return pid;
  }

  /** The program and its arguments, as they are after {@link #become}. */
  public List<String> argv() {
    return argv;
  }

  /** The arguments without the program. */
  public List<String> arguments() {
    return argv.subList(1, argv.size());
  }

  /** All variables. */
  public Map<String, String> environment() {
    return start.environment();
  }

  /** A variable; empty when it is not set. */
  public String variable(String name) {
    return start.environment().getOrDefault(name, "");
  }

  /** The user's name: {@code root} or {@code user}. */
  public String user() {
    return start.user();
  }

  /** The working directory. */
  public String directory() {
    return start.directory();
  }

  /** A path of a caller's, made absolute by the working directory. */
  public String absolute(String path) {
    return path.startsWith("/") ? path : start.directory() + "/" + path;
  }

  /** The text that stood on its standard input when it was started; empty for nothing. */
  public String standardInput() {
    return start.input();
  }

  /** The machine it runs on. */
  public SimulatedMachine machine() {
    return machine;
  }

  /** The machine's files. */
  public MemoryFiles files() {
    return machine.files();
  }

  /** Writes a text to standard output. */
  public void out(String text) {
    out(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Writes to standard output. */
  public void out(byte[] bytes) {
    if (!ended && bytes.length > 0) {
      output.out(bytes);
    }
  }

  /** Writes a text to standard error. */
  public void err(String text) {
    if (!ended && !text.isEmpty()) {
      output.err(text.getBytes(StandardCharsets.UTF_8));
    }
  }

  /** Ends with an exit code. A second end does nothing. */
  public void exit(int code) {
    end(code, false);
  }

  /** Says why on standard error, and ends with an exit code other than 0. */
  public void fail(int code, String reason) {
    err(reason + "\n");
    exit(code);
  }

  /** Runs a step later, unless the process has ended by then. */
  public void after(Duration delay, Runnable step) {
    MachineClock.Timer timer =
        machine
            .clock()
            .after(
                delay,
                () -> {
                  if (!ended) {
                    machine.step(this, step);
                  }
                });
    onEnd(timer::cancel);
  }

  /** Runs a short task at the end, however it comes about; at once when it has come. */
  public void onEnd(Runnable task) {
    if (ended) {
      task.run();
    } else {
      atEnd.add(task);
    }
  }

  /** Goes on as another program, like exec. */
  public void become(List<String> other) {
    argv = List.copyOf(other);
    machine.run(this);
  }

  /** Whether it has ended. */
  public boolean ended() {
    synchronized (machine.lock()) {
      return ended;
    }
  }

  /** Ends it by a signal. */
  public void signal(int number) {
    synchronized (machine.lock()) {
      end(number, true);
    }
  }

  private void end(int code, boolean signalled) {
    if (ended) {
      return;
    }
    ended = true;
    machine.forget(this);
    List.copyOf(atEnd).forEach(Runnable::run);
    output.ended(code, signalled);
  }
}
