package dev.repofleet.workflows.review;

import dev.repofleet.workflows.batch.RepositoryEnded;
import dev.repofleet.workflows.batch.RepositoryParked;
import dev.repofleet.workflows.batch.ReviewBatchWorkflow;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.SignalExternalWorkflowException;
import io.temporal.workflow.Workflow;
import java.util.function.Consumer;
import org.slf4j.Logger;

/**
 * Tells the batch what it must know of a review. A batch that can't be told was terminated; the
 * review is paid for and goes on. Confined to its workflow.
 */
final class BatchLine {
  private static final Logger log = Workflow.getLogger(BatchLine.class);

  private final ReviewInput input;

  BatchLine(ReviewInput input) {
    this.input = input;
  }

  void parked(boolean parked) {
    tell(batch -> batch.parked(new RepositoryParked(input.index(), parked)));
  }

  void ended(RepositoryEnded ended) {
    tell(batch -> batch.ended(ended));
  }

  /** Nothing is told where no batch started the review. */
  private void tell(Consumer<ReviewBatchWorkflow> message) {
    Workflow.getInfo()
        .getParentWorkflowId()
        .ifPresent(
            parent -> {
              try {
                message.accept(Workflow.newExternalWorkflowStub(ReviewBatchWorkflow.class, parent));
              } catch (SignalExternalWorkflowException | TemporalFailure e) {
                log.warn("{} could not be told of {}", parent, input.key(), e);
              }
            });
  }
}
