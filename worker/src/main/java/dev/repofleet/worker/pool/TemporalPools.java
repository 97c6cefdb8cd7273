package dev.repofleet.worker.pool;

import dev.repofleet.worker.sandbox.PoolLink;
import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.client.ReviewRuns;
import dev.repofleet.workflows.lease.LeaseEnded;
import io.temporal.client.WorkflowClient;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The pools of a Temporal server's namespace, as sandboxes' steps need them. Thread-safe. */
public final class TemporalPools implements PoolLink {
  private static final Logger log = LoggerFactory.getLogger(TemporalPools.class);

  private final PoolSignals signals;
  private final ReviewRuns runs;

  /** Never changes once it is known. */
  private volatile @Nullable String namespaceId;

  /** Asks through {@code client}, which stays its owner's to close. */
  public TemporalPools(WorkflowClient client) {
    this.signals = new PoolSignals(client);
    this.runs = new ReviewRuns(client);
  }

  @Override
  public void ended(String fleet, LeaseEnded lease) {
    signals.ended(new Fleet(fleet), lease);
  }

  @Override
  public Optional<String> namespaceId() {
    String known = namespaceId;
    if (known != null) {
      return Optional.of(known);
    }
    try {
      String told = runs.namespaceId();
      if (told.isEmpty()) {
        return Optional.empty();
      }
      namespaceId = told;
      return Optional.of(told);
    } catch (RuntimeException e) {
      // Not every login may describe its namespace; a sandbox is only told apart less well.
      log.debug("Temporal does not tell the namespace's id: {}", e.toString());
      return Optional.empty();
    }
  }

  @Override
  public boolean isOpen(String workflowId, String runId) {
    return runs.run(workflowId, runId).state() == ReviewRuns.State.OPEN;
  }
}
