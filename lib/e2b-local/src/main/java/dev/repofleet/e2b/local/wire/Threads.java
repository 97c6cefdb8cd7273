package dev.repofleet.e2b.local.wire;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Named daemon threads. */
public final class Threads {
  /** Enough for a blocked read and a small copy buffer; hundreds of these may wait at once. */
  private static final long SMALL_STACK = 256 * 1024L;

  private Threads() {}

  public static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(null, task, name, SMALL_STACK);
    thread.setDaemon(true);
    return thread;
  }

  /**
   * Threads for blocking work, grown as needed: two for each running command (its outputs) and one
   * for each request in work, so their number follows the sandboxes'.
   */
  public static ExecutorService blockingPool(String name) {
    AtomicLong count = new AtomicLong();
    return new ThreadPoolExecutor(
        0,
        Integer.MAX_VALUE,
        20,
        TimeUnit.SECONDS,
        new SynchronousQueue<>(),
        task -> daemon(task, name + "-" + count.incrementAndGet()));
  }
}
