package dev.repofleet.starter.sandboxes;

/** Who knows which reviews are open. */
@FunctionalInterface
interface Reviews {
  /** How the review of a lease stands now; never throws for a server that is away. */
  ReviewState of(Lease lease);
}
