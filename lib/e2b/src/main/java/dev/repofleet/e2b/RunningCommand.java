package dev.repofleet.e2b;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import okhttp3.Call;
import org.jspecify.annotations.Nullable;

/**
 * A process that was started, and the stream of its output. Thread-safe.
 *
 * <p>Process and stream are two things: closing this lets go of the stream, the process goes on,
 * and what it writes from then on is lost. Whoever wants it ended calls {@link #kill()}. A stream
 * that is neither closed nor at its end holds a connection, and before Java 21 a thread.
 */
public final class RunningCommand implements AutoCloseable {
  private final Commands commands;
  private final ProcessStream stream;
  private final Call call;
  private final long pid;
  private volatile boolean detached;

  RunningCommand(Commands commands, ProcessStream stream, Call call, long pid) {
    this.commands = commands;
    this.stream = stream;
    this.call = call;
    this.pid = pid;
  }

  /** The process's id inside the sandbox. */
  public long pid() {
    return pid;
  }

  /** Whether the stream is over, for whatever reason. */
  public boolean isEnded() {
    return stream.ended().isDone();
  }

  /**
   * Waits for the process's end and for the listener's last call.
   *
   * @return how it ended; empty if it still runs after {@code limit}
   * @throws CommandTimeoutException if its own time limit ended it
   * @throws E2bTransportException if the stream was cut; the process may still run
   * @throws SandboxUnavailableException if the sandbox went away while the process ran
   * @throws E2bProtocolException if the stream was malformed or ended without an exit code
   * @throws E2bInterruptedException if this thread is interrupted; the stream stays open
   * @throws IllegalStateException after {@link #detach()}, unless the end had come before it
   */
  public Optional<CommandExit> awaitExit(Duration limit) {
    return Optional.ofNullable(await(limit));
  }

  private @Nullable CommandExit await(Duration limit) {
    if (detached && !stream.ended().isDone()) {
      throw new IllegalStateException("cannot await exit while detached (pid " + pid + ")");
    }
    try {
      return exit(stream.ended().get(nanos(limit), TimeUnit.NANOSECONDS));
    } catch (TimeoutException e) {
      return null;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new E2bInterruptedException("interrupted while waiting for pid " + pid, e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("the outcome is never exceptional", e);
    }
  }

  private static long nanos(Duration limit) {
    // Some 292 years: longer than any wait, and the most that fits.
    return limit.compareTo(Duration.ofNanos(Long.MAX_VALUE)) > 0 ? Long.MAX_VALUE : limit.toNanos();
  }

  private @Nullable CommandExit exit(ProcessStream.Outcome outcome) {
    if (outcome.failure() == null) {
      return outcome.exit();
    }
    if (detached) {
      throw new IllegalStateException("cannot await exit while detached (pid " + pid + ")");
    }
    throw outcome.failure().get();
  }

  /** Lets go of the stream; the process goes on. Returns at once; idempotent. */
  public void detach() {
    detached = true;
    call.cancel();
  }

  /** The same as {@link #detach()}: the process is <em>not</em> ended. */
  @Override
  public void close() {
    detach();
  }

  /**
   * Sends SIGKILL to the process, not to its children, and returns without waiting for the end.
   *
   * @return false if it had ended already
   * @throws E2bException if the signal could not be sent; the process may still run
   */
  public boolean kill() {
    return signal(ProcessSignal.SIGKILL);
  }

  /**
   * Sends a signal to the process, not to its children.
   *
   * @return false if it had ended already
   * @throws E2bException if the signal could not be sent; it may have been
   */
  public boolean signal(ProcessSignal signal) {
    // Once it has ended the pid may be another process's.
    if (hasExited()) {
      return false;
    }
    try {
      commands.signal(pid, signal);
      return true;
    } catch (NotFoundException e) {
      return false;
    }
  }

  /** Sends a signal to the process and its children; see {@link Commands#signalGroup}. */
  public boolean signalGroup(ProcessSignal signal) {
    return commands.signalGroup(pid, signal);
  }

  /** Writes to its stdin; see {@link Commands#sendStdin}. */
  public void sendStdin(byte[] bytes) {
    commands.sendStdin(pid, bytes);
  }

  /** Closes its stdin; see {@link Commands#closeStdin}. */
  public void closeStdin() {
    commands.closeStdin(pid);
  }

  private boolean hasExited() {
    return stream.ended().isDone() && stream.ended().join().exit() != null;
  }
}
