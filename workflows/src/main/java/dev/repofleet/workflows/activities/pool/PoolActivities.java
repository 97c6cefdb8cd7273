package dev.repofleet.workflows.activities.pool;

import io.temporal.activity.ActivityInterface;

/**
 * What passes between reviews and their pool, and what the pool has done for it. The first three
 * are called as local activities: a signal from workflow to workflow costs twice the server's work
 * and several times the time.
 */
@ActivityInterface
public interface PoolActivities {

  /** Asks the fleet's pool for a permit; starts the pool when there is none. May be repeated. */
  void acquirePermit(AcquireInput input);

  /** Tells the fleet's pool of a lease's end or of the model's provider. May be repeated. */
  void tellPool(PoolNews news);

  /**
   * The pool tells reviews and batches. Nothing is delivered by a run of the pool other than the
   * expected one: after a Reset its state is of before, and must be brought up to date first.
   */
  DeliveryOutcome deliver(Delivery delivery);

  /**
   * Looks which holders of leases have ended, and which sandboxes of the fleet are in no lease.
   * Deletes nothing.
   */
  PoolInspectionOutcome inspectPool(PoolInspection inspection);

  /** Deletes what is left of leases, and looks again for what lists show late. May be repeated. */
  EndLeasesOutcome endLeases(EndLeasesInput input);

  /** Creates a sandbox that waits for its lease. */
  WarmUpOutcome warmUp(WarmUpInput input);
}
