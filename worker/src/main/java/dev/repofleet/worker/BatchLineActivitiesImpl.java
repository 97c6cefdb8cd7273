package dev.repofleet.worker;

import dev.repofleet.workflows.activities.batch.BatchLineActivities;
import dev.repofleet.workflows.activities.batch.BatchNews;
import dev.repofleet.workflows.batch.ReviewBatchWorkflow;
import dev.repofleet.workflows.progress.RepositoryEnded;
import dev.repofleet.workflows.progress.RepositoryParked;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowNotFoundException;

/** Signals batches through Temporal. Thread-safe. */
public final class BatchLineActivitiesImpl implements BatchLineActivities {
  private final WorkflowClient client;

  /** Signals through {@code client}, which stays its owner's to close. */
  public BatchLineActivitiesImpl(WorkflowClient client) {
    this.client = client;
  }

  @Override
  public void tellBatch(BatchNews news) {
    ReviewBatchWorkflow batch =
        client.newWorkflowStub(ReviewBatchWorkflow.class, news.batchWorkflowId());
    try {
      RepositoryEnded ended = news.ended();
      if (ended != null) {
        batch.ended(ended);
      }
      RepositoryParked parked = news.parked();
      if (parked != null) {
        batch.parked(parked);
      }
    } catch (WorkflowNotFoundException e) {
      // It has ended, most likely by a person: the review was paid for and goes on to its own end.
    }
  }
}
