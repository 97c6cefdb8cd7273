package dev.repofleet.workflows.pool;

import dev.repofleet.workflows.pool.PoolCarry.Limit;

/**
 * When the next sandbox may be created: slots one after the other at an even distance, a tenth
 * wider than the rate asks for, so that no second has more however unevenly holders come to create.
 * A refusal halves the rate; it comes back by a tenth a minute. Not thread-safe.
 */
final class CreateSlots {
  /** Slower than that, nobody would see the pool work. */
  private static final double LEAST = 0.1;

  private static final long MINUTE = 60_000;

  private double most;
  private double rate;
  private long changedAt;
  private long nextAt;

  CreateSlots(double most, Limit carried) {
    this.most = most;
    this.rate = Math.min(carried.value(), most);
    this.changedAt = carried.changedAt();
    this.nextAt = carried.closedUntil();
  }

  /** The setting has changed; what was learned of the account is tried anew. */
  void set(double perSecond) {
    most = perSecond;
    rate = perSecond;
  }

  /** When the next slot is, milliseconds since the epoch; never before {@code now}. */
  long next(long now) {
    return Math.max(now, nextAt);
  }

  /** Takes the next slot. */
  long take(long now) {
    long slot = next(now);
    nextAt = slot + distance();
    return slot;
  }

  private long distance() {
    return (long) Math.ceil(1100 / rate);
  }

  /** E2B refused a create that was within the rate. */
  void refused(long now, long retryAfterMilliseconds) {
    nextAt = Math.max(nextAt, now + Math.max(retryAfterMilliseconds, distance()));
    if (now - changedAt > 2 * distance()) {
      // Refusals of one moment are one refusal.
      rate = Math.max(Math.min(LEAST, most), rate / 2);
      changedAt = now;
    }
  }

  void tick(long now) {
    if (rate < most && now - changedAt >= MINUTE) {
      rate = Math.min(most, rate + most / 10);
      changedAt = now;
    }
  }

  double rate() {
    return rate;
  }

  Limit toCarry() {
    return new Limit(rate, changedAt, nextAt);
  }
}
