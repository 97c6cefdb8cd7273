package dev.repofleet.e2b.local;

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

  private final Process entrance;
  private final @Nullable ProcessHandle target;
  private final long pid;
  private final CommandPipes pipes;
  private final Executor workers;
  private final CountDownLatch outputs = new CountDownLatch(2);
  private volatile boolean signalled;
  private volatile boolean killSent;

  /**
   * @param entrance the process by which the command entered the sandbox
   * @param target the command's own, where it could be told
   */
  HostProgram(
      Process entrance,
      @Nullable ProcessHandle target,
      long pid,
      CommandPipes pipes,
      Executor workers) {
    this.entrance = entrance;
    this.target = target;
    this.pid = pid;
    this.pipes = pipes;
    this.workers = workers;
  }

  @Override
  public long pid() {
    return pid;
  }

  @Override
  public void follow(Follower follower) {
    workers.execute(() -> pump("stdout", pipes.out(), follower));
    workers.execute(() -> pump("stderr", pipes.err(), follower));
    var unused = entrance.onExit().thenRunAsync(() -> finish(follower), workers);
  }

  @Override
  public void signal(boolean kill) {
    signalled = true;
    killSent = killSent || kill;
    ProcessHandle handle = target;
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

  private void pump(String channel, InputStream in, Follower follower) {
    byte[] chunk = new byte[CHUNK];
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
