package dev.repofleet.starter.sandboxes;

/**
 * Sandboxes that the fleet's pool has, warm or in use. Where sandboxes are used again, one keeps
 * the labels of its first lease: that lease's review has ended, and the sandbox is at work.
 *
 * <p>Once {@code PoolStatus} lists its sandboxes, what it lists is asked here, by id.
 */
@FunctionalInterface
interface PoolSandboxes {
  /** Of a pool that ends each sandbox with its lease. */
  PoolSandboxes NONE = sandboxId -> false;

  /** Whether the pool may have this one; never throws for a server that is away. */
  boolean mayHave(String sandboxId);
}
