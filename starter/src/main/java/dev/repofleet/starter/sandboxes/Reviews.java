package dev.repofleet.starter.sandboxes;

import dev.repofleet.workflows.client.LeaseLabels;

/** Who knows which reviews are open. */
@FunctionalInterface
interface Reviews {
  /** How the review of a lease stands now; never throws for a server that is away. */
  ReviewState of(LeaseLabels lease);
}
