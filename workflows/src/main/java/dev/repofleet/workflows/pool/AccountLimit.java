package dev.repofleet.workflows.pool;

import dev.repofleet.workflows.pool.PoolCarry.Limit;
import java.util.function.BooleanSupplier;

/**
 * How many sandboxes the account leaves to this fleet. The fleet's own count is exact, so a refusal
 * means others: somebody else uses the account. What they leave is what was in use without the one
 * refused, and it is probed upwards by one a minute. Not thread-safe.
 */
final class AccountLimit {
  /** E2B's count lags behind kills and pauses; a refusal so soon after one means nothing. */
  private static final long LAG = 5_000;

  private static final long MINUTE = 60_000;

  /** Where others have the whole account: a review that is refused all day must not notice. */
  private static final long LONGEST = 5 * MINUTE;

  private int most;
  private int limit;
  private long changedAt;
  private long closedUntil;

  /** Doubles from one refusal to the next while the fleet itself has nothing. */
  private long pause = LAG;

  private long refusedAt;
  private final BooleanSupplier waitsLonger;

  /**
   * @param waitsLonger whether pauses grow; histories of before know one length alone
   */
  AccountLimit(int most, Limit carried, BooleanSupplier waitsLonger) {
    this.waitsLonger = waitsLonger;
    this.most = most;
    this.limit = (int) Math.min(carried.value(), most);
    this.changedAt = carried.changedAt();
    this.closedUntil = carried.closedUntil();
  }

  /** The setting has changed; what was learned of the account is tried anew. */
  void set(int maximum) {
    most = maximum;
    limit = maximum;
  }

  /**
   * E2B refused a create.
   *
   * @param left in use without it
   * @param freedAt when a place last came free
   */
  void refused(long now, int left, long freedAt) {
    boolean hadNone = refusedAt > 0 && freedAt <= refusedAt;
    refusedAt = now;
    if (!hadNone) {
      pause = LAG;
    } else if (left == 0 && waitsLonger.getAsBoolean()) {
      pause = Math.min(2 * pause, LONGEST);
    }
    closedUntil = Math.max(closedUntil, now + (left == 0 ? pause : LAG));
    if (now - freedAt > LAG && left < limit) {
      limit = Math.max(1, left);
      // While it is closed nothing is learned of the account.
      changedAt = pause > LAG ? closedUntil : now;
    }
  }

  void tick(long now) {
    if (limit < most && now - changedAt >= MINUTE) {
      limit++;
      changedAt = now;
    }
  }

  int limit() {
    return limit;
  }

  /** Until when nothing is to be created; in the past when that is now. */
  long closedUntil() {
    return closedUntil;
  }

  boolean isShort() {
    return limit < most;
  }

  Limit toCarry() {
    return new Limit(limit, changedAt, closedUntil);
  }
}
