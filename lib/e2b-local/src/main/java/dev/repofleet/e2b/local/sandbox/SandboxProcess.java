package dev.repofleet.e2b.local.sandbox;

import dev.repofleet.e2b.local.http.EventStream;
import dev.repofleet.e2b.local.machine.ExitStatus;
import dev.repofleet.e2b.local.machine.ProcessConfig;
import dev.repofleet.e2b.local.machine.RunningProgram;
import dev.repofleet.e2b.local.machine.SandboxLauncher;
import dev.repofleet.e2b.local.machine.TerminalSize;
import dev.repofleet.e2b.local.wire.ConnectFrames;
import dev.repofleet.e2b.local.wire.Wire;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A process of a sandbox and the clients attached to it. Thread-safe.
 *
 * <p>Output goes to those attached now, in order; nobody attached: it is dropped; one who does not
 * read: the process waits. Nothing is kept for later, so memory does not grow with output.
 */
public final class SandboxProcess {
  private final ProcessConfig config;
  private final RunningProgram program;
  private final List<EventStream> streams = new CopyOnWriteArrayList<>();
  private final Object fanOut = new Object();
  private final Object state = new Object();
  private @Nullable ExitStatus end;
  private volatile @Nullable ScheduledFuture<?> killTimer;

  SandboxProcess(ProcessConfig config, RunningProgram program) {
    this.config = config;
    this.program = program;
  }

  public ProcessConfig config() {
    return config;
  }

  /** The pid inside the sandbox. */
  public long pid() {
    return program.pid();
  }

  /**
   * Attaches the clients that start with it, then starts reading and waiting: in this order, so
   * that the first client misses nothing. {@code whenEnded} runs once, before clients are told.
   */
  void begin(List<EventStream> first, Consumer<ExitStatus> whenEnded) throws InterruptedException {
    try {
      for (EventStream stream : first) {
        attach(stream);
      }
    } finally {
      program.follow(
          new RunningProgram.Follower() {
            @Override
            public void output(String channel, byte[] bytes, int length)
                throws InterruptedException {
              publish(channel, bytes, length);
            }

            @Override
            public void ended(ExitStatus status) {
              finish(status, whenEnded);
            }
          });
    }
  }

  /**
   * Attaches a client: the start event, then what comes from now on. A process that has ended
   * answers with start and end.
   */
  public void attach(EventStream stream) throws InterruptedException {
    var start = Wire.object();
    start.putObject("event").putObject("start").put("pid", pid());
    synchronized (stream) { // what follows waits for the start, and nothing after it is missed
      ExitStatus ended;
      synchronized (state) {
        ended = end;
        if (ended == null) {
          streams.add(stream);
        }
      }
      if (!stream.send(ConnectFrames.message(start))) {
        streams.remove(stream);
      } else if (ended != null) {
        stream.sendEnd(ended);
        stream.finish();
      }
    }
  }

  public void detach(EventStream stream) {
    streams.remove(stream);
  }

  /** Signals this process alone, not its group (E2B contract, 4.3). */
  public void signal(boolean kill) {
    program.signal(kill);
  }

  /** Kills it after this time unless it has ended; goes on when every client has left. */
  public void killAfter(Duration limit, SandboxLauncher timers) {
    killTimer = timers.after(limit.toMillis(), TimeUnit.MILLISECONDS, () -> signal(true));
  }

  public void write(byte[] input) throws IOException {
    program.write(input);
  }

  /** Gives its terminal another size. */
  public void resize(TerminalSize size) throws IOException {
    program.resize(size);
  }

  public void closeStdin() {
    program.closeStdin();
  }

  /** Cuts every client's connection. */
  void cut() {
    List<EventStream> all = new ArrayList<>(streams);
    streams.clear();
    all.forEach(EventStream::cut);
  }

  /** Ends what is left of it in a sandbox that has been killed. */
  void abandon() {
    program.abandon();
  }

  private void publish(String channel, byte[] chunk, int length) throws InterruptedException {
    if (streams.isEmpty()) {
      return;
    }
    byte[] frame = ConnectFrames.data(channel, chunk, length);
    synchronized (fanOut) {
      for (EventStream stream : streams) {
        // One that has left takes itself out, by its own release.
        synchronized (stream) {
          var unused = stream.send(frame);
        }
      }
    }
  }

  private void finish(ExitStatus status, Consumer<ExitStatus> whenEnded) {
    synchronized (state) {
      end = status;
    }
    ScheduledFuture<?> timer = killTimer;
    if (timer != null) {
      timer.cancel(false);
    }
    whenEnded.accept(status);
    for (EventStream stream : streams) {
      synchronized (stream) {
        try {
          stream.sendEnd(status);
        } catch (InterruptedException interrupted) {
          Thread.currentThread().interrupt();
        }
        stream.finish();
      }
    }
    streams.clear();
  }
}
