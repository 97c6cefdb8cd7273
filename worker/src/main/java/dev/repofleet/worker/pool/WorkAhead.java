package dev.repofleet.worker.pool;

import dev.repofleet.worker.metrics.FleetMetrics;
import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.batch.BatchControl;
import dev.repofleet.workflows.batch.BatchProgress;
import dev.repofleet.workflows.batch.ReviewBatchWorkflow;
import dev.repofleet.workflows.client.BatchWorkflows;
import dev.repofleet.workflows.progress.IndexRange;
import io.temporal.client.WorkflowClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How much a fleet's open batches have yet to do, for the metrics alone: nothing depends on it, so
 * what can't be told is passed over. Thread-safe.
 */
final class WorkAhead {
  private static final Logger log = LoggerFactory.getLogger(WorkAhead.class);

  /** Each is a query; a fleet with more batches at once is told nothing. */
  private static final int MOST_BATCHES = 50;

  private final WorkflowClient client;
  private final BatchWorkflows batches;
  private final FleetMetrics metrics;

  WorkAhead(WorkflowClient client, FleetMetrics metrics) {
    this.client = client;
    this.batches = new BatchWorkflows(client);
    this.metrics = metrics;
  }

  /** Asks every open batch how it stands. Blocks; half an answer is none. */
  void look(Fleet fleet) {
    try {
      Set<String> open = batches.openBatchesOf(fleet);
      if (open.size() <= MOST_BATCHES) {
        List<BatchProgress> all = new ArrayList<>();
        for (String id : open) {
          all.add(client.newWorkflowStub(ReviewBatchWorkflow.class, id).progress());
        }
        metrics.workLookedAt(
            all.stream().mapToInt(WorkAhead::queued).sum(),
            all.stream().mapToInt(progress -> progress.running().size()).sum());
      }
    } catch (RuntimeException e) {
      log.debug("It is not known how much work fleet {} has ahead", fleet.name(), e);
    }
  }

  /** Those that have not begun, and those that are to begin once more. */
  private static int queued(BatchProgress progress) {
    BatchControl control = progress.control();
    int again = control == null ? 0 : size(control.again());
    int never = control == null ? 0 : size(control.notStarted());
    return Math.max(0, progress.total() - progress.dispatched() - never) + again;
  }

  private static int size(List<IndexRange> ranges) {
    return ranges.stream().mapToInt(range -> range.to() - range.from()).sum();
  }
}
