package dev.repofleet.e2b.local.http;

import dev.repofleet.e2b.local.fault.FaultKind;
import dev.repofleet.e2b.local.fault.Strike;
import dev.repofleet.e2b.local.machine.ExitStatus;
import dev.repofleet.e2b.local.machine.SandboxLauncher;
import dev.repofleet.e2b.local.wire.ConnectFrames;
import dev.repofleet.e2b.local.wire.RpcCode;
import dev.repofleet.e2b.local.wire.RpcException;
import io.vertx.core.http.HttpServerResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One attached client of a process: its response, keepalives and deadline. Thread-safe. A client
 * that does not read blocks the one who sends, as envd does (E2B contract, 4.4).
 */
public final class EventStream {
  /** envd's own interval when a client names none (observed, 0.6.13). */
  static final Duration DEFAULT_KEEPALIVE = Duration.ofSeconds(90);

  /** A process stream's keepalive. */
  public static final byte[] KEEPALIVE =
      ConnectFrames.message("{\"event\":{\"keepalive\":{}}}".getBytes(StandardCharsets.US_ASCII));

  /** What a fault switch sends in place of a frame. */
  private static final byte[] GARBAGE =
      ConnectFrames.message("no json {".getBytes(StandardCharsets.US_ASCII));

  /** The head of a frame of 2 GiB less one byte, and its first byte. */
  private static final byte[] HUGE = {0, 0x7f, -1, -1, -1, '{'};

  private final ResponseWriter writer;
  private final SandboxLauncher timers;
  private final Duration keepalive;
  private final byte[] keepaliveFrame;
  private final Strike strike;
  private final AtomicInteger frames;
  private final AtomicBoolean finished = new AtomicBoolean();
  private final AtomicBoolean spoilt = new AtomicBoolean();
  private volatile long lastSent = System.nanoTime();
  private volatile @Nullable ScheduledFuture<?> ping;
  private volatile @Nullable ScheduledFuture<?> deadline;
  private volatile @Nullable Runnable released;

  /**
   * @param keepaliveFrame what is sent when nothing else was for that long
   */
  EventStream(
      ResponseWriter writer,
      SandboxLauncher timers,
      Duration keepalive,
      byte[] keepaliveFrame,
      Strike strike) {
    this.keepaliveFrame = keepaliveFrame;
    this.writer = writer;
    this.strike = strike;
    this.frames = new AtomicInteger(strike.frames());
    this.timers = timers;
    this.keepalive = keepalive;
  }

  /** Sends status and headers; the outcome of the call comes in the last frame. */
  void open() {
    HttpServerResponse response = writer.response();
    response.setChunked(true);
    response.putHeader("Content-Type", StreamCall.CONTENT_TYPE);
    writer.onClose(this::release);
    schedulePing(keepalive.toNanos());
  }

  /** Runs a short task when the stream has ended for whatever reason; at once if it has. */
  public void onRelease(Runnable task) {
    released = task;
    if (finished.get()) {
      task.run();
    }
  }

  /** Whether it has ended for whatever reason. */
  public boolean isFinished() {
    return finished.get();
  }

  /** Ends the stream alone after this time, with deadline_exceeded. */
  public void endAfter(Duration timeout) {
    deadline =
        timers.after(
            timeout.toMillis(),
            TimeUnit.MILLISECONDS,
            () -> fail(new RpcException(RpcCode.DEADLINE_EXCEEDED, "context deadline exceeded")));
  }

  /**
   * Sends one frame; blocks while the client does not read.
   *
   * @return false once the client has left or the stream has ended
   */
  public boolean send(byte[] frame) throws InterruptedException {
    if (finished.get() || !passes(frame)) {
      return !finished.get();
    }
    if (!writer.write(frame)) {
      return false;
    }
    lastSent = System.nanoTime();
    if (frames.get() == 0 && strike.is(FaultKind.CUT_STREAM)) {
      cut();
    }
    return true;
  }

  /** Whether the fault switches let one more frame through; else they have done what they do. */
  private boolean passes(byte[] frame) throws InterruptedException {
    if (frames.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
      return true;
    }
    if (strike.is(FaultKind.CUT_STREAM)) {
      cut();
    } else if (strike.is(FaultKind.TRUNCATED_FRAME)) {
      endWith(frame);
    } else if (strike.is(FaultKind.GARBAGE_FRAME)) {
      frames.set(Integer.MAX_VALUE);
      writer.write(GARBAGE);
    } else if (strike.is(FaultKind.HUGE_FRAME) && spoilt.compareAndSet(false, true)) {
      writer.write(HUGE);
    }
    return false;
  }

  /** Sends how the process ended; {@link #finish} comes next. */
  public void sendEnd(ExitStatus status) throws InterruptedException {
    if (!strike.is(FaultKind.MISSING_END)) {
      send(ConnectFrames.message(status.event()));
    }
  }

  public void finish() {
    endWith(ConnectFrames.end());
  }

  void fail(RpcException failed) {
    endWith(ConnectFrames.end(failed));
  }

  /** Closes the connection without a last frame, as when the machine below is gone. */
  public void cut() {
    if (finished.compareAndSet(false, true)) {
      release();
      writer.cut();
    }
  }

  private void endWith(byte[] frame) {
    if (strike.is(FaultKind.CUT_STREAM)) {
      cut();
    } else if (finished.compareAndSet(false, true)) {
      release();
      if (strike.is(FaultKind.TRUNCATED_FRAME)) {
        writer.end(Arrays.copyOf(frame, frame.length - 1));
      } else if (!strike.is(FaultKind.FROZEN_STREAM) && !strike.is(FaultKind.HUGE_FRAME)) {
        writer.end(frame);
      }
    }
  }

  private void release() {
    finished.set(true);
    cancel(ping);
    cancel(deadline);
    Runnable task = released;
    if (task != null) {
      task.run();
    }
  }

  private static void cancel(@Nullable ScheduledFuture<?> timer) {
    if (timer != null) {
      timer.cancel(false);
    }
  }

  private void schedulePing(long nanos) {
    if (!finished.get()) {
      ping = timers.after(nanos, TimeUnit.NANOSECONDS, this::pingIfSilent);
    }
  }

  private void pingIfSilent() {
    long silent = System.nanoTime() - lastSent;
    long left = keepalive.toNanos() - silent;
    if (left <= 0) {
      if (frames.get() > 0) {
        writer.offer(keepaliveFrame);
      }
      lastSent = System.nanoTime();
      left = keepalive.toNanos();
    }
    schedulePing(left);
  }
}
