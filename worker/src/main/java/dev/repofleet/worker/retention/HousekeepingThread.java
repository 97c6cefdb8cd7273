package dev.repofleet.worker.retention;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks every ten minutes whether the store is to be cared for: one thread of a worker, {@code
 * repofleet-housekeeping}. Closing it lets go of a round in work, which the next one goes on with.
 */
public final class HousekeepingThread implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(HousekeepingThread.class);

  /** Rounds are an hour apart; looking oftener lets another worker take over from one that ends. */
  private static final Duration EVERY = Duration.ofMinutes(10);

  /** Workers that were started together don't look together; short-lived ones never do. */
  private static final Duration FIRST = Duration.ofMinutes(5);

  private final Housekeeping housekeeping;
  private final ScheduledExecutorService executor;

  /** Starts nothing yet. */
  public HousekeepingThread(Housekeeping housekeeping) {
    this.housekeeping = housekeeping;
    this.executor =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "repofleet-housekeeping");
              thread.setDaemon(true);
              return thread;
            });
  }

  /** From now on. */
  public void start() {
    long first = FIRST.toMillis() + ThreadLocalRandom.current().nextLong(FIRST.toMillis());
    var unused =
        executor.scheduleWithFixedDelay(
            this::round, first, EVERY.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void round() {
    try {
      housekeeping.round();
    } catch (RuntimeException e) {
      // Whatever it is: the next round tries again.
      if (!executor.isShutdown()) {
        log.warn("The artifact store was not cared for this time: {}", e.toString());
      }
    }
  }

  @Override
  public void close() {
    executor.shutdownNow();
    try {
      executor.awaitTermination(1, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
