package dev.repofleet.e2b.local.simulated;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The clock and the timers of one machine. Timers stand still while the machine is frozen; the time
 * of day does not, as on E2B, where it jumps at a resume. Thread-safe: tasks run one at a time,
 * with the machine's lock held, so they must be short and never wait.
 */
public final class MachineClock implements InstantSource {
  private static final Logger log = LoggerFactory.getLogger(MachineClock.class);

  private final InstantSource source;
  private final ScheduledExecutorService executor;
  private final Object lock;
  private final Set<Timer> pending = new LinkedHashSet<>();
  private boolean frozen;

  MachineClock(InstantSource source, ScheduledExecutorService executor, Object lock) {
    this.source = source;
    this.executor = executor;
    this.lock = lock;
  }

  @Override
  public Instant instant() {
    return source.instant();
  }

  /**
   * Runs a task once, after this much time of the machine.
   *
   * @return a handle to cancel it
   */
  public Timer after(Duration delay, Runnable task) {
    synchronized (lock) {
      Timer timer = new Timer(Math.max(0, delay.toNanos()), task);
      pending.add(timer);
      if (!frozen) {
        timer.schedule();
      }
      return timer;
    }
  }

  void freeze() {
    synchronized (lock) {
      frozen = true;
      pending.forEach(Timer::hold);
    }
  }

  void thaw() {
    synchronized (lock) {
      frozen = false;
      List.copyOf(pending).forEach(Timer::schedule);
    }
  }

  /** Forgets all timers. */
  void clear() {
    synchronized (lock) {
      List.copyOf(pending).forEach(Timer::cancel);
    }
  }

  /** A task that is to run. */
  public final class Timer {
    private final Runnable task;
    private long left;
    private long since;
    private @Nullable ScheduledFuture<?> future;

    private Timer(long nanos, Runnable task) {
      this.left = nanos;
      this.task = task;
    }

    /** Forgets the task unless it has run. */
    public void cancel() {
      synchronized (lock) {
        pending.remove(this);
        stop();
      }
    }

    private void schedule() {
      since = System.nanoTime();
      try {
        future = executor.schedule(this::fire, left, TimeUnit.NANOSECONDS);
      } catch (RejectedExecutionException closing) {
        // The server ends, and the machine with it.
        pending.remove(this);
      }
    }

    private void hold() {
      stop();
      left = Math.max(0, left - (System.nanoTime() - since));
    }

    private void stop() {
      ScheduledFuture<?> scheduled = future;
      if (scheduled != null) {
        scheduled.cancel(false);
        future = null;
      }
    }

    private void fire() {
      synchronized (lock) {
        // One that was on its way when the machine froze waits with the others.
        if (frozen || !pending.remove(this)) {
          return;
        }
        try {
          task.run();
        } catch (RuntimeException failed) {
          log.error("a simulated program failed", failed);
        }
      }
    }
  }
}
