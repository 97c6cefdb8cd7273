package dev.repofleet.e2b.local.sandbox;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * How a server's sandboxes were used since its start: what an account's limits would be held
 * against. Thread-safe.
 */
public final class SandboxStatistics {
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final Deque<Instant> lastSecond = new ArrayDeque<>();
  private long created;
  private long refusedForRate;
  private long refusedForQuota;
  private int mostAtOnce;
  private int mostInASecond;

  SandboxStatistics() {}

  synchronized void created(Instant now) {
    created++;
    lastSecond.addLast(now);
    while (!lastSecond.getFirst().isAfter(now.minus(SECOND))) {
      lastSecond.removeFirst();
    }
    mostInASecond = Math.max(mostInASecond, lastSecond.size());
  }

  synchronized void runs(int atOnce) {
    mostAtOnce = Math.max(mostAtOnce, atOnce);
  }

  synchronized void refused(boolean forRate) {
    refusedForRate += forRate ? 1 : 0;
    refusedForQuota += forRate ? 0 : 1;
  }

  /** How often the limit of creations refused one; fault switches are not counted. */
  public synchronized long refusedForRate() {
    return refusedForRate;
  }

  /** How often the quota refused to create or resume one; fault switches are not counted. */
  public synchronized long refusedForQuota() {
    return refusedForQuota;
  }

  /** How many were created. */
  public synchronized long created() {
    return created;
  }

  /** The most that ran at the same time, those that were being started counted in. */
  public synchronized int mostAtOnce() {
    return mostAtOnce;
  }

  /** The most that were created within one second, wherever it begins. */
  public synchronized int mostInASecond() {
    return mostInASecond;
  }
}
