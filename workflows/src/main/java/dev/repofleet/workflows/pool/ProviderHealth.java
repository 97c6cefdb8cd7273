package dev.repofleet.workflows.pool;

import dev.repofleet.workflows.lease.ProviderTrouble;
import dev.repofleet.workflows.pool.PoolCarry.Limit;
import org.jspecify.annotations.Nullable;

/**
 * How many agents the model's provider bears at once. A refusal halves the runs of the whole fleet
 * at once and they rise again slowly; a quota that is used up stops them until it is filled again;
 * a refused key or an empty account stops them until a person resumes. Not thread-safe.
 */
final class ProviderHealth {
  /** Refusals within this long are answers to the same load. */
  private static final long ONE_REFUSAL = 10_000;

  private static final long RISE_EVERY = 30_000;

  /** A provider's clock may be wrong; a day later a refusal tells the time anew. */
  private static final long LONGEST_WALL = 24 * 3_600_000L;

  private static final int UNLIMITED = 10_000;

  private int limit;
  private long changedAt;
  private long closedUntil;
  private @Nullable String hold;
  private long resumedAt;

  ProviderHealth(Limit carried, @Nullable String hold, long resumedAt) {
    this.limit = (int) carried.value();
    this.changedAt = carried.changedAt();
    this.closedUntil = carried.closedUntil();
    this.hold = hold;
    this.resumedAt = resumedAt;
  }

  static Limit healthy() {
    return new Limit(UNLIMITED, 0, 0);
  }

  /**
   * The provider refused somebody.
   *
   * @param inUse permits in use, with that one
   */
  void refused(long now, int inUse, ProviderTrouble trouble) {
    Long startedAt = trouble.startedAt();
    if (trouble.needsAPerson()) {
      if (startedAt != null && startedAt < resumedAt) {
        return; // with what the person has mended since
      }
      hold = trouble.cause().sentence();
      return;
    }
    Long resetAt = trouble.resetAt();
    if (resetAt != null) {
      closedUntil = Math.max(closedUntil, Math.min(resetAt, now + LONGEST_WALL));
      return;
    }
    Long retryAfter = trouble.retryAfterSeconds();
    if (retryAfter != null) {
      closedUntil = Math.max(closedUntil, now + Math.min(retryAfter * 1000, LONGEST_WALL));
    }
    if (now - changedAt >= ONE_REFUSAL || limit == UNLIMITED) {
      limit = Math.max(1, Math.min(limit, inUse) / 2);
      changedAt = now;
    }
  }

  /** A person has mended it. Returns what it was held for, if it was. */
  @Nullable String resume(long now) {
    String was = hold;
    hold = null;
    resumedAt = now;
    return was;
  }

  /**
   * Lets the limit rise.
   *
   * @param most of the pool: a limit as high is none
   */
  void tick(long now, int most) {
    if (limit != UNLIMITED && now - changedAt >= RISE_EVERY && now >= closedUntil) {
      limit += Math.max(1, limit / 4);
      changedAt = now;
      if (limit >= most) {
        limit = UNLIMITED;
      }
    }
  }

  int limit() {
    return limit;
  }

  /** Why nobody gets a permit until a person resumes; absent when that is not so. */
  @Nullable String hold() {
    return hold;
  }

  /** Until when nobody gets a permit; in the past when that is now. */
  long closedUntil() {
    return closedUntil;
  }

  boolean isShort() {
    return limit != UNLIMITED;
  }

  long resumedAt() {
    return resumedAt;
  }

  Limit toCarry() {
    return new Limit(limit, changedAt, closedUntil);
  }
}
