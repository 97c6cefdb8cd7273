package dev.repofleet.worker.retention;

import dev.repofleet.workflows.client.BatchWorkflows;
import io.temporal.client.WorkflowClient;
import java.util.Collection;
import java.util.Set;

/**
 * Which batches have workflows that have not ended. What it throws means that nobody knows; nothing
 * is deleted then.
 */
public interface OpenBatches {
  /** Ids of the batches that are listed so; a list lags behind. */
  Set<String> listed();

  /** Whether the batch or one of these reviews is, at this moment. */
  boolean isOpen(String batch, Collection<String> keys);

  /** By a Temporal server, in the client's namespace. */
  static OpenBatches of(WorkflowClient client) {
    BatchWorkflows workflows = new BatchWorkflows(client);
    return new OpenBatches() {
      @Override
      public Set<String> listed() {
        return workflows.batchesListedOpen();
      }

      @Override
      public boolean isOpen(String batch, Collection<String> keys) {
        return workflows.isOpen(batch, keys);
      }
    };
  }
}
