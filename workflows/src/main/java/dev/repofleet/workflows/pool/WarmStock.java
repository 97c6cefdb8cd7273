package dev.repofleet.workflows.pool;

import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.activities.pool.WarmUpInput;
import dev.repofleet.workflows.pool.PoolCarry.Unresolved;
import dev.repofleet.workflows.pool.PoolCarry.Warm;
import dev.repofleet.workflows.pool.settings.PoolSettings;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Keeps as many warm sandboxes as the settings ask for, and ends those that are spent or in the
 * way. Not thread-safe.
 */
final class WarmStock {
  /** What could not be created is not tried again for so long. */
  private static final long AFTER_A_FAILURE = 30_000;

  private final WarmShelf shelf;
  private final LeaseBook leases;
  private final PoolLimits limits;
  private final Places places;
  private final UnaryOperator<String> names;
  private long notBefore;

  WarmStock(
      WarmShelf shelf,
      LeaseBook leases,
      PoolLimits limits,
      Places places,
      UnaryOperator<String> names) {
    this.shelf = shelf;
    this.leases = leases;
    this.limits = limits;
    this.places = places;
    this.names = names;
  }

  /** Whether one is missing that there is a place for. */
  boolean wantsOne(PoolSettings settings, long now) {
    return now >= notBefore && missing(settings) != null && places.isFree();
  }

  /** When one that could not be created is tried again; {@link Long#MAX_VALUE} when none is. */
  long triesAgainAt(PoolSettings settings, long now) {
    return now < notBefore && missing(settings) != null ? notBefore : Long.MAX_VALUE;
  }

  private @Nullable String missing(PoolSettings settings) {
    for (Map.Entry<String, Integer> wanted : settings.minimumIdle().entrySet()) {
      if (shelf.ready(wanted.getKey()) < wanted.getValue()) {
        return wanted.getKey();
      }
    }
    return null;
  }

  /** The next to be created, which is on its way from now on; absent when there is none. */
  @Nullable Warm order(PoolSettings settings, long now) {
    String template = missing(settings);
    boolean maySoon = limits.isOpen(now) && limits.slots().next(now) <= now + SandboxPool.AHEAD;
    if (template == null || !maySoon || !wantsOne(settings, now)) {
      return null;
    }
    long slot = limits.slots().take(now);
    Warm warm =
        new Warm(WarmUpInput.LABEL + names.apply(template), null, template, null, false, slot, now);
    shelf.put(warm);
    return warm;
  }

  /** It is there, paused where the settings want that. */
  void arrived(Warm warm, String sandboxId, boolean paused, long now) {
    shelf.put(new Warm(warm.label(), sandboxId, warm.template(), null, paused, now, now));
  }

  /** It could not be created, or that is not known. */
  void failed(Warm warm, Cause cause, long now) {
    notBefore = now + AFTER_A_FAILURE;
    shelf.remove(warm.label());
    end(warm);
    if (cause == Cause.SANDBOX_QUOTA) {
      places.refused(now, places.taken() - 1);
    } else if (cause == Cause.SANDBOX_CREATE_RATE) {
      limits.slots().refused(now, 0);
    }
  }

  /** Ends those that are too old, were not asked for, or are more than is wanted. */
  void endSpent(PoolSettings settings, long now) {
    shelf.takeSpent(now, settings).forEach(this::end);
  }

  /** A sandbox that nobody who waits can use gives its place; one at a time. */
  void makeRoom() {
    Warm victim = leases.endingPlaces() > 0 ? null : shelf.oldestRunning();
    if (victim != null) {
      shelf.remove(victim.label());
      end(victim);
    }
  }

  private void end(Warm warm) {
    leases.end(new Unresolved(warm.label(), warm.sandboxId(), !warm.paused()));
  }
}
