package dev.repofleet.workflows.batch;

import dev.repofleet.workflows.activities.ActivityStubs;
import dev.repofleet.workflows.activities.batch.BatchNotice;
import dev.repofleet.workflows.activities.batch.NoticeKind;
import dev.repofleet.workflows.progress.BatchInput;
import dev.repofleet.workflows.progress.BatchStatus;
import io.temporal.failure.ActivityFailure;
import io.temporal.workflow.Workflow;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** What a batch tells those who asked to be told by a webhook. For workflow code. */
final class BatchNotices {
  private static final Logger log = Workflow.getLogger(BatchNotices.class);

  private final ActivityStubs activities;
  private final BatchInput input;
  private final BatchState state;

  BatchNotices(ActivityStubs activities, BatchInput input, BatchState state) {
    this.activities = activities;
    this.input = input;
    this.state = state;
  }

  /** Waits until it is told or could not be; nothing else depends on which. */
  void tell(NoticeKind kind, BatchStatus status, @Nullable String reason) {
    try {
      activities
          .notifying()
          .sendWebhook(
              new BatchNotice(
                  kind,
                  input.fleet(),
                  input.batch(),
                  Workflow.currentTimeMillis(),
                  status,
                  reason,
                  state.targets().count(),
                  state.tally()));
    } catch (ActivityFailure e) {
      log.warn("The webhook was not told of batch {}: {}", input.batch(), kind.code(), e);
    }
  }
}
