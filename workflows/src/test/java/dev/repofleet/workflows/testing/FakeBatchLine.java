package dev.repofleet.workflows.testing;

import dev.repofleet.workflows.activities.batch.BatchLineActivities;
import dev.repofleet.workflows.activities.batch.BatchNews;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowNotFoundException;
import io.temporal.client.WorkflowStub;

/** Signals batches by the names that last. Thread-safe. */
final class FakeBatchLine implements BatchLineActivities {
  private final WorkflowClient client;

  FakeBatchLine(WorkflowClient client) {
    this.client = client;
  }

  @Override
  public void tellBatch(BatchNews news) {
    WorkflowStub batch = client.newUntypedWorkflowStub(news.batchWorkflowId());
    try {
      if (news.ended() != null) {
        batch.signal("ended", news.ended());
      }
      if (news.parked() != null) {
        batch.signal("parked", news.parked());
      }
    } catch (WorkflowNotFoundException e) {
      // Terminated: as the worker's own, it tells nobody.
    }
  }
}
