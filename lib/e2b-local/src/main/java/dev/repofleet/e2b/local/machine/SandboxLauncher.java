package dev.repofleet.e2b.local.machine;

import dev.repofleet.e2b.local.wire.Threads;
import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The one platform thread that starts bubblewrap, and the timers. The kernel kills a {@code
 * --die-with-parent} child when the starting *thread* ends, so this thread lives as long as the
 * server. Thread-safe; close it last.
 */
public final class SandboxLauncher implements AutoCloseable {
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(task -> Threads.daemon(task, "repofleet-sandbox-launcher"));
  private final ScheduledThreadPoolExecutor timers =
      new ScheduledThreadPoolExecutor(1, task -> Threads.daemon(task, "repofleet-sandbox-timers"));

  public SandboxLauncher() {
    // Every command has timers of minutes to hours; an ended one must not stay in the queue.
    timers.setRemoveOnCancelPolicy(true);
  }

  /** Starts a process whose death is tied to this launcher's. */
  public Process launch(ProcessBuilder builder) throws IOException, InterruptedException {
    try {
      return thread.submit(builder::start).get();
    } catch (ExecutionException failed) {
      if (failed.getCause() instanceof IOException cause) {
        throw cause;
      }
      throw new IOException("a sandbox process could not be started", failed.getCause());
    }
  }

  /** For short tasks, on the timers' thread; this launcher's to close. */
  public ScheduledExecutorService timers() {
    return timers;
  }

  /** Runs a short task later, on the timers' thread. */
  public ScheduledFuture<?> after(long amount, TimeUnit unit, Runnable task) {
    return timers.schedule(task, amount, unit);
  }

  /** Runs a short task again and again, on the timers' thread. */
  public ScheduledFuture<?> every(long amount, TimeUnit unit, Runnable task) {
    return timers.scheduleWithFixedDelay(task, amount, amount, unit);
  }

  @Override
  public void close() {
    timers.shutdownNow();
    thread.shutdownNow();
  }
}
