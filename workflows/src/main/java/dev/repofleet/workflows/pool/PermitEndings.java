package dev.repofleet.workflows.pool;

import dev.repofleet.workflows.lease.LeaseEnded;
import dev.repofleet.workflows.pool.PoolCarry.Held;
import dev.repofleet.workflows.pool.PoolCarry.Parked;
import dev.repofleet.workflows.pool.PoolCarry.Unresolved;
import dev.repofleet.workflows.pool.PoolCarry.Warm;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of a permit that comes back, of its place and of its sandbox. What is told twice, or
 * late of an earlier permit, changes nothing. Not thread-safe.
 */
final class PermitEndings {
  private final WaitingLine line;
  private final LeaseBook leases;
  private final WarmShelf shelf;
  private final PoolLimits limits;
  private final Places places;
  private final Predicate<String> changes;

  PermitEndings(
      WaitingLine line,
      LeaseBook leases,
      WarmShelf shelf,
      PoolLimits limits,
      Places places,
      Predicate<String> changes) {
    this.line = line;
    this.leases = leases;
    this.shelf = shelf;
    this.limits = limits;
    this.places = places;
    this.changes = changes;
  }

  /**
   * A permit comes back, or a place in the line is given up.
   *
   * @param keeps whether sandboxes are used again
   */
  void end(LeaseEnded lease, boolean keeps, long now) {
    String id = lease.leaseId();
    switch (lease.how()) {
      case RELEASED -> released(lease, now);
      case PARKED -> park(id, lease.sandboxId(), now);
      case REFUSED_QUOTA, REFUSED_RATE -> refused(lease, now);
      case UNRESOLVED -> {
        line.remove(id);
        if (!shelf.has(id, lease.sandboxId()) && !leases.otherHas(id, lease.sandboxId())) {
          leases.end(id, lease.sandboxId());
        }
      }
      case RETURNED -> returned(id, lease.sandboxId(), keeps, now);
    }
  }

  private void released(LeaseEnded lease, long now) {
    String id = lease.leaseId();
    Held has = leases.held(id);
    boolean leaves =
        has != null
            && has.leavesWhatWasGiven(lease)
            && changes.test(SandboxPool.ENDS_WHAT_WAS_GIVEN);
    line.remove(id);
    leases.forget(id);
    if (has != null && leaves) {
      endWarm(has);
    }
    places.freed(now);
  }

  private void park(String id, @Nullable String sandboxId, long now) {
    Held has = leases.takeBack(id);
    if (has != null && sandboxId != null) {
      leases.park(new Parked(has.request(), sandboxId, now, 0));
      places.freed(now);
    }
  }

  private void refused(LeaseEnded lease, long now) {
    Held has = leases.takeBack(lease.leaseId());
    if (has == null) {
      return;
    }
    String parkedId = has.request().parkedSandboxId();
    if (parkedId != null) {
      leases.park(new Parked(has.request(), parkedId, now, 0));
    } else if (has.sandboxId() != null && !has.adopted()) {
      endWarm(has); // it could not be woken
    }
    if (lease.how() == LeaseEnded.How.REFUSED_QUOTA) {
      places.refused(now, places.taken());
    } else if (!lease.missedItsSlot()) {
      Long after = lease.retryAfterSeconds();
      limits.slots().refused(now, after == null ? 0 : after * 1000);
    }
    line.addFirst(has.request(), now);
  }

  /** It has the label of another lease, and is known by its id alone. */
  private void endWarm(Held has) {
    leases.end(new Unresolved("sandbox:" + has.sandboxId(), has.sandboxId(), true));
  }

  private void returned(String id, @Nullable String sandboxId, boolean keeps, long now) {
    Held has = leases.held(id);
    if (has == null && (shelf.has(id, sandboxId) || leases.otherHas(id, sandboxId))) {
      return; // told twice: it is on the shelf since, or another lease's
    }
    String repository = has == null ? null : has.request().repository();
    if (has == null || repository == null || sandboxId == null || !keeps) {
      leases.end(id, sandboxId);
      return;
    }
    leases.takeBack(id);
    shelf.put(new Warm(id, sandboxId, has.request().template(), repository, false, now, now));
  }
}
