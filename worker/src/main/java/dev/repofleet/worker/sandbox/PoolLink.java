package dev.repofleet.worker.sandbox;

import dev.repofleet.workflows.lease.LeaseEnded;
import java.util.Optional;

/**
 * What the steps of a sandbox's life need of Temporal beside their own activity. Thread-safe.
 * Implemented by {@code dev.repofleet.worker.pool.TemporalPools}.
 */
public interface PoolLink {

  /**
   * Tells a fleet's pool that a permit comes back; starts the pool when there is none. May be
   * repeated. After an exception the pool may or may not have heard it.
   *
   * @throws RuntimeException when the server does not take it
   */
  void ended(String fleet, LeaseEnded lease);

  /** The id of the Temporal namespace; empty when the server does not tell. Never throws. */
  Optional<String> namespaceId();

  /**
   * Whether a workflow's run goes on.
   *
   * @throws RuntimeException when the server does not say
   */
  boolean isOpen(String workflowId, String runId);
}
