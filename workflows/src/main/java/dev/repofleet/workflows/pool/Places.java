package dev.repofleet.workflows.pool;

/**
 * The places of a pool. One is taken from the grant of a permit until E2B has confirmed that its
 * sandbox is gone or paused, so that leased, being created and unresolved together are never more
 * than the maximum. Not thread-safe.
 */
final class Places {
  private final LeaseBook leases;
  private final WarmShelf shelf;
  private final WorldComparison comparison;
  private final PoolLimits limits;
  private long freedAt;

  Places(LeaseBook leases, WarmShelf shelf, WorldComparison comparison, PoolLimits limits) {
    this.leases = leases;
    this.shelf = shelf;
    this.comparison = comparison;
    this.limits = limits;
  }

  int taken() {
    return leases.places() + shelf.places() + comparison.strays();
  }

  /** Whether one more may be taken. */
  boolean isFree() {
    return taken() < limits.places();
  }

  /** E2B has confirmed that some are free. */
  void freed(long now) {
    freedAt = now;
  }

  /**
   * E2B had none for a sandbox that was within the limit.
   *
   * @param left in use without that one
   */
  void refused(long now, int left) {
    limits.account().refused(now, left, freedAt);
  }
}
