package dev.repofleet.e2b;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import okhttp3.Call;
import org.jspecify.annotations.Nullable;

/**
 * The changes in a directory of a sandbox, one after the other. Thread-safe; to be closed, since it
 * holds a connection.
 *
 * <p>What is not taken waits here, up to 10,000 events. Then the rest is dropped and an event
 * {@link FileEvent.Kind#OVERFLOWED} stands in its place, so that a slow taker holds up nothing in
 * the sandbox. What happened before the watch began, or while its connection was lost, is not told.
 */
public final class FileWatch implements AutoCloseable {
  static final int CAPACITY = 10_000;

  private static final FileEvent OVERFLOWED = new FileEvent(FileEvent.Kind.OVERFLOWED, "");

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<FileEvent> waiting = new ArrayDeque<>();
  private final String operation;
  private final Call call;
  private boolean overflowed;
  private boolean closed;
  private @Nullable Supplier<E2bException> failure;

  FileWatch(String operation, Call call) {
    this.operation = operation;
    this.call = call;
  }

  void add(FileEvent event) {
    lock.lock();
    try {
      // Nothing is kept behind a gap until the gap itself has been told.
      overflowed |= waiting.size() >= CAPACITY;
      if (!overflowed) {
        waiting.add(event);
        changed.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  void fail(Supplier<E2bException> cause) {
    lock.lock();
    try {
      failure = cause;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes the next change, waiting for it up to {@code limit}.
   *
   * @return empty if none came in time
   * @throws E2bTransportException if the stream was cut; events may have been missed since
   * @throws SandboxUnavailableException if the sandbox went away
   * @throws E2bStatusException if envd ended the watch
   * @throws E2bInterruptedException if this thread is interrupted; the watch goes on
   * @throws IllegalStateException after {@link #close()}
   */
  public Optional<FileEvent> next(Duration limit) {
    long nanos = TimeUnit.NANOSECONDS.convert(limit);
    try {
      lock.lockInterruptibly();
      try {
        while (true) {
          Optional<FileEvent> event = take();
          if (event.isPresent() || nanos <= 0) {
            return event;
          }
          nanos = changed.awaitNanos(nanos);
        }
      } finally {
        lock.unlock();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new E2bInterruptedException("interrupted while trying to " + operation, e);
    }
  }

  private Optional<FileEvent> take() {
    if (closed) {
      throw new IllegalStateException("cannot " + operation + ": the watch is closed");
    }
    FileEvent event = waiting.poll();
    if (event == null && overflowed) {
      overflowed = false;
      event = OVERFLOWED;
    }
    if (event == null && failure != null) {
      throw failure.get();
    }
    return Optional.ofNullable(event);
  }

  /** Ends the watch; idempotent. Whoever waits in {@link #next} is told so. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      waiting.clear();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    call.cancel();
  }
}
