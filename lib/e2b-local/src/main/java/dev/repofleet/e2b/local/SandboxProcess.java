package dev.repofleet.e2b.local;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A process of a sandbox and the clients attached to it. Thread-safe.
 *
 * <p>Output goes to those attached now, in order; nobody attached: it is dropped; one who does not
 * read: the process waits. Nothing is kept for later, so memory does not grow with output.
 */
final class SandboxProcess {
  /** envd's own chunk for stdout and stderr. */
  private static final int CHUNK = 32 * 1024;

  /** After a signal the end is told without waiting for children that hold the pipes. */
  private static final long DRAIN_MILLIS = 200;

  private final ProcessConfig config;
  private final Process entrance;
  private final @Nullable ProcessHandle target;
  private final long pid;
  private final CommandPipes pipes;
  private final List<EventStream> streams = new CopyOnWriteArrayList<>();
  private final CountDownLatch outputs = new CountDownLatch(2);
  private final Object fanOut = new Object();
  private final Object state = new Object();
  private @Nullable ExitStatus end;
  private volatile @Nullable ScheduledFuture<?> killTimer;
  private volatile boolean signalled;
  private volatile boolean killSent;

  SandboxProcess(
      ProcessConfig config,
      Process entrance,
      @Nullable ProcessHandle target,
      long pid,
      CommandPipes pipes) {
    this.config = config;
    this.entrance = entrance;
    this.target = target;
    this.pid = pid;
    this.pipes = pipes;
  }

  ProcessConfig config() {
    return config;
  }

  /** The pid inside the sandbox. */
  long pid() {
    return pid;
  }

  /** The pid, on the host, of the process by which the command entered. */
  long entrancePid() {
    return entrance.pid();
  }

  /**
   * Attaches the clients that start with it, then starts reading and waiting: in this order, so
   * that the first client misses nothing. {@code whenEnded} runs once, before clients are told.
   */
  void begin(List<EventStream> first, Executor workers, Runnable whenEnded)
      throws InterruptedException {
    try {
      for (EventStream stream : first) {
        attach(stream);
      }
    } finally {
      follow(workers, whenEnded);
    }
  }

  private void follow(Executor workers, Runnable whenEnded) {
    workers.execute(() -> pump("stdout", pipes.out()));
    workers.execute(() -> pump("stderr", pipes.err()));
    var unused = entrance.onExit().thenRunAsync(() -> finish(whenEnded), workers);
  }

  /**
   * Attaches a client: the start event, then what comes from now on. A process that has ended
   * answers with start and end.
   */
  void attach(EventStream stream) throws InterruptedException {
    var start = Wire.object();
    start.putObject("event").putObject("start").put("pid", pid);
    if (!stream.send(ConnectFrames.message(start))) {
      return;
    }
    ExitStatus ended;
    synchronized (state) {
      ended = end;
      if (ended == null) {
        streams.add(stream);
      }
    }
    if (ended != null) {
      stream.send(ConnectFrames.message(ended.event()));
      stream.finish();
    }
  }

  void detach(EventStream stream) {
    streams.remove(stream);
  }

  /** Signals this process alone, not its group (E2B contract, 4.3). */
  void signal(boolean kill) {
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

  /** Kills it after this time unless it has ended; goes on when every client has left. */
  void killAfter(Duration limit, SandboxLauncher timers) {
    killTimer = timers.after(limit.toMillis(), TimeUnit.MILLISECONDS, () -> signal(true));
  }

  void write(byte[] input) throws IOException {
    OutputStream stdin = entrance.getOutputStream();
    stdin.write(input);
    stdin.flush();
  }

  void closeStdin() {
    try {
      entrance.getOutputStream().close();
    } catch (IOException alreadyClosed) {
      // Closing what is closed is a success on the wire, too.
      return;
    }
  }

  /** Cuts every client's connection. */
  void cut() {
    List<EventStream> all = new ArrayList<>(streams);
    streams.clear();
    all.forEach(EventStream::cut);
  }

  /** Ends the entering process of a sandbox that has been killed; it may stand stopped. */
  void abandon() {
    entrance.destroyForcibly();
  }

  private void pump(String channel, InputStream in) {
    byte[] chunk = new byte[CHUNK];
    try (in) {
      int length = in.read(chunk);
      while (length >= 0) {
        publish(channel, chunk, length);
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

  private void publish(String channel, byte[] chunk, int length) throws InterruptedException {
    if (streams.isEmpty()) {
      return;
    }
    byte[] frame = ConnectFrames.data(channel, chunk, length);
    synchronized (fanOut) {
      for (EventStream stream : streams) {
        // One that has left takes itself out, by its own release.
        var unused = stream.send(frame);
      }
    }
  }

  private void finish(Runnable whenEnded) {
    try {
      awaitOutputs();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
    ExitStatus status = ExitStatus.of(entrance.exitValue(), pipes.report(), killSent);
    synchronized (state) {
      end = status;
    }
    ScheduledFuture<?> timer = killTimer;
    if (timer != null) {
      timer.cancel(false);
    }
    whenEnded.run();
    pipes.delete();
    byte[] frame = ConnectFrames.message(status.event());
    for (EventStream stream : streams) {
      try {
        stream.send(frame);
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
      }
      stream.finish();
    }
    streams.clear();
  }

  private void awaitOutputs() throws InterruptedException {
    while (!outputs.await(DRAIN_MILLIS, TimeUnit.MILLISECONDS)) {
      if (signalled) {
        return;
      }
    }
  }
}
