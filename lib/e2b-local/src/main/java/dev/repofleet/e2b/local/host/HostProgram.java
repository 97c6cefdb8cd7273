package dev.repofleet.e2b.local.host;

import dev.repofleet.e2b.local.machine.ExitStatus;
import dev.repofleet.e2b.local.machine.RunningProgram;
import dev.repofleet.e2b.local.machine.TerminalSize;
import dev.repofleet.e2b.local.wire.RpcCode;
import dev.repofleet.e2b.local.wire.RpcException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A real process of this host. Thread-safe. */
final class HostProgram implements RunningProgram {
  /** envd's own chunk for stdout and stderr. */
  private static final int CHUNK = 32 * 1024;

  /** After a signal the end is told without waiting for children that hold the pipes. */
  private static final long DRAIN_MILLIS = 200;

  /** envd's own chunk for terminals. */
  private static final int TERMINAL_CHUNK = 16 * 1024;

  private final Process entrance;
  private final Inside inside;
  private final CommandPipes pipes;
  private final Executor workers;
  private final CountDownLatch outputs = new CountDownLatch(2);
  private volatile boolean signalled;
  private volatile boolean killSent;

  /**
   * The command itself, behind the processes that lead to it.
   *
   * @param pid inside the sandbox
   * @param target its own process, where it could be told
   * @param terminal null when it has none
   */
  record Inside(long pid, @Nullable ProcessHandle target, @Nullable Terminal terminal) {}

  /** A terminal in the sandbox. */
  interface Terminal {
    void resize(TerminalSize size) throws IOException;
  }

  /**
   * @param entrance the process by which the command entered the sandbox
   */
  HostProgram(Process entrance, Inside inside, CommandPipes pipes, Executor workers) {
    this.entrance = entrance;
    this.inside = inside;
    this.pipes = pipes;
    this.workers = workers;
  }

  @Override
  public long pid() {
    return inside.pid();
  }

  @Override
  public void follow(Follower follower) {
    boolean terminal = inside.terminal() != null;
    int chunk = terminal ? TERMINAL_CHUNK : CHUNK;
    // A terminal has one output; on the other pipe is what its own program has to say.
    workers.execute(() -> pump(terminal ? "pty" : "stdout", pipes.out(), chunk, follower));
    workers.execute(() -> pump(terminal ? "pty" : "stderr", pipes.err(), chunk, follower));
    var unused = entrance.onExit().thenRunAsync(() -> finish(follower), workers);
  }

  @Override
  public void signal(boolean kill) {
    signalled = true;
    killSent = killSent || kill;
    ProcessHandle handle = inside.target();
    if (handle == null) {
      entrance.destroyForcibly();
    } else if (kill) {
      handle.destroyForcibly();
    } else {
      handle.destroy();
    }
  }

  @Override
  public void write(byte[] input) throws IOException {
    OutputStream stdin = entrance.getOutputStream();
    stdin.write(input);
    stdin.flush();
  }

  @Override
  public void resize(TerminalSize size) throws IOException {
    Terminal terminal = inside.terminal();
    if (terminal == null) {
      throw new RpcException(RpcCode.FAILED_PRECONDITION, "the process has no terminal");
    }
    terminal.resize(size);
  }

  @Override
  public void closeStdin() {
    try {
      entrance.getOutputStream().close();
    } catch (IOException alreadyClosed) {
      // Closing what is closed is a success on the wire, too.
      return;
    }
  }

  /** It may stand stopped. */
  @Override
  public void abandon() {
    entrance.destroyForcibly();
  }

  private void pump(String channel, InputStream in, int size, Follower follower) {
    byte[] chunk = new byte[size];
    try (in) {
      int length = in.read(chunk);
      while (length >= 0) {
        follower.output(channel, chunk, length);
        length = in.read(chunk);
      }
    } catch (IOException gone) {
      return;
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    } finally {
      outputs.countDown();
    }
  }

  private void finish(Follower follower) {
    try {
      awaitOutputs();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
    ExitStatus status = ExitStatus.of(entrance.exitValue(), pipes.report(), killSent);
    pipes.delete();
    follower.ended(status);
  }

  private void awaitOutputs() throws InterruptedException {
    while (!outputs.await(DRAIN_MILLIS, TimeUnit.MILLISECONDS)) {
      if (signalled) {
        return;
      }
    }
  }
}
