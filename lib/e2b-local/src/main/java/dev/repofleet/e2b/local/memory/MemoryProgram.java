package dev.repofleet.e2b.local.memory;

import dev.repofleet.e2b.local.machine.ExitStatus;
import dev.repofleet.e2b.local.machine.RunningProgram;
import dev.repofleet.e2b.local.machine.TerminalSize;
import dev.repofleet.e2b.local.simulated.ProcessOutput;
import dev.repofleet.e2b.local.simulated.SimulatedProcess;
import dev.repofleet.e2b.local.wire.RpcCode;
import dev.repofleet.e2b.local.wire.RpcException;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * A simulated process and the way of its output to clients: kept until it is followed, then handed
 * on in order. A client that does not read holds up the output, not the program. Thread-safe.
 */
final class MemoryProgram implements RunningProgram, ProcessOutput {
  private static final int SIGNAL_BASE = 128;

  /** As envd does. */
  private static final int CHUNK = 32 * 1024;

  private interface Event {
    void tell(Follower follower) throws InterruptedException;
  }

  private final Executor workers;
  private final Queue<Event> events = new ArrayDeque<>();
  private @Nullable Follower follower;
  private boolean telling;
  private @Nullable SimulatedProcess process;

  MemoryProgram(Executor workers) {
    this.workers = workers;
  }

  /** Comes right after the start, which may have brought output and end already. */
  void started(SimulatedProcess started) {
    process = started;
  }

  private SimulatedProcess process() {
    SimulatedProcess started = process;
    if (started == null) {
      throw new IllegalStateException("the process has not started");
    }
    return started;
  }

  @Override
  public long pid() {
    return process().pid();
  }

  /** What is there already is told at once, by this thread. */
  @Override
  public void follow(Follower who) {
    synchronized (events) {
      follower = who;
      telling = true;
    }
    tellAll(who);
  }

  @Override
  public void signal(boolean kill) {
    process().signal(kill ? SimulatedProcess.SIGKILL : SimulatedProcess.SIGTERM);
  }

  @Override
  public void write(byte[] input) {
    // No simulated program reads what comes after its start.
  }

  @Override
  public void resize(TerminalSize size) {
    throw new RpcException(RpcCode.UNIMPLEMENTED, "a simulated sandbox has no terminals");
  }

  @Override
  public void closeStdin() {
    // Nothing is read from it.
  }

  @Override
  public void abandon() {
    process().signal(SimulatedProcess.SIGKILL);
  }

  @Override
  public void out(byte[] bytes) {
    add(who -> tell(who, "stdout", bytes));
  }

  @Override
  public void err(byte[] bytes) {
    add(who -> tell(who, "stderr", bytes));
  }

  @Override
  public void ended(int code, boolean signalled) {
    ExitStatus status =
        signalled
            ? ExitStatus.of(SIGNAL_BASE + code, "signal", false)
            : ExitStatus.of(code, "", false);
    add(who -> who.ended(status));
  }

  private static void tell(Follower who, String channel, byte[] bytes) throws InterruptedException {
    for (int from = 0; from < bytes.length; from += CHUNK) {
      int length = Math.min(CHUNK, bytes.length - from);
      byte[] chunk = new byte[length];
      System.arraycopy(bytes, from, chunk, 0, length);
      who.output(channel, chunk, length);
    }
  }

  /** The machine's lock is held: another thread tells it. */
  private void add(Event event) {
    Follower who;
    synchronized (events) {
      events.add(event);
      who = follower;
      if (who == null || telling) {
        return;
      }
      telling = true;
    }
    try {
      workers.execute(() -> tellAll(who));
    } catch (RejectedExecutionException closing) {
      // The server ends; its clients have been cut off.
      return;
    }
  }

  private void tellAll(Follower who) {
    try {
      for (Event event = next(); event != null; event = next()) {
        event.tell(who);
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private @Nullable Event next() {
    synchronized (events) {
      Event event = events.poll();
      telling = event != null;
      return event;
    }
  }
}
