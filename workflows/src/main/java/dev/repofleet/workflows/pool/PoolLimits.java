package dev.repofleet.workflows.pool;

import dev.repofleet.workflows.pool.settings.PoolSettings;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How many permits there may be now, and whether one may be given: what the settings allow, less
 * what the account leaves and the model's provider bears. Not thread-safe.
 */
final class PoolLimits {
  private final CreateSlots slots;
  private final AccountLimit account;
  private final ProviderHealth provider;
  private int maximum;

  PoolLimits(PoolCarry carry, BooleanSupplier waitsLonger) {
    PoolSettings settings = carry.settings();
    this.maximum = settings.maximumPoolSize();
    this.slots = new CreateSlots(settings.createRate(), carry.rate());
    this.account = new AccountLimit(maximum, carry.account(), waitsLonger);
    this.provider = new ProviderHealth(carry.provider(), carry.providerHold(), carry.resumedAt());
  }

  /** Settings have changed; what was learned of a limit that was set anew is tried anew. */
  void set(PoolSettings before, PoolSettings after) {
    maximum = after.maximumPoolSize();
    if (after.createRate() != before.createRate()) {
      slots.set(after.createRate());
    }
    if (maximum != before.maximumPoolSize()) {
      account.set(maximum);
    }
  }

  /** Lets what has given way rise again. */
  void tick(long now) {
    slots.tick(now);
    account.tick(now);
    provider.tick(now, maximum);
  }

  CreateSlots slots() {
    return slots;
  }

  AccountLimit account() {
    return account;
  }

  ProviderHealth provider() {
    return provider;
  }

  /** Most places that may be taken now. */
  int places() {
    return Math.min(maximum, Math.min(account.limit(), provider.limit()));
  }

  /** Whether a permit may be given at all. */
  boolean isOpen(long now) {
    return provider.hold() == null && now >= closedUntil();
  }

  /** Until when none is given; in the past when that is now. A hold is not counted. */
  long closedUntil() {
    return Math.max(provider.closedUntil(), account.closedUntil());
  }

  /** Whether one of the limits is below what the settings allow, and will rise. */
  boolean isShort() {
    return places() < maximum;
  }

  /** When the pool closed by a time opens again; absent when it is open, or held. */
  @Nullable Long opensAt(long now) {
    return provider.hold() == null && now < closedUntil() ? closedUntil() : null;
  }

  /** In a sentence for people. */
  String health(long now) {
    String hold = provider.hold();
    if (hold != null) {
      return "held: " + hold;
    }
    if (now < provider.closedUntil()) {
      return "closed: the model's provider asks to wait";
    }
    if (now < account.closedUntil()) {
      return "closed: the account's sandboxes are all in use";
    }
    if (provider.isShort()) {
      return "fewer runs: the model's provider limits them";
    }
    return account.isShort() ? "fewer places: others use the account" : "well";
  }
}
