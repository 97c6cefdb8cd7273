package dev.repofleet.starter.pool;

import dev.repofleet.workflows.batch.BatchProgress;
import dev.repofleet.workflows.batch.BatchResumed;
import dev.repofleet.workflows.progress.BatchHold;
import dev.repofleet.workflows.progress.BatchStatus;
import dev.repofleet.workflows.progress.BatchTally;
import io.temporal.workflow.QueryMethod;
import io.temporal.workflow.SignalMethod;
import io.temporal.workflow.UpdateMethod;
import io.temporal.workflow.UpdateValidatorMethod;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** As much of a batch as is held and resumed. */
@WorkflowInterface
public interface HeldBatchWorkflow {
  @WorkflowMethod(name = "ReviewBatch")
  void run();

  @SignalMethod
  void held(BatchHold hold);

  @SignalMethod
  void end();

  @UpdateMethod
  BatchResumed resume();

  @UpdateValidatorMethod(updateName = "resume")
  void checkResume();

  @QueryMethod
  BatchProgress progress();

  /** The batch. */
  final class Impl implements HeldBatchWorkflow {
    private @Nullable String reason;
    private boolean ended;

    @Override
    public void run() {
      Workflow.await(() -> ended);
    }

    @Override
    public void held(BatchHold hold) {
      reason = hold.reason();
    }

    @Override
    public void end() {
      ended = true;
    }

    @Override
    public BatchResumed resume() {
      BatchResumed resumed = new BatchResumed(reason, false);
      reason = null;
      return resumed;
    }

    @Override
    public void checkResume() {
      if (reason == null) {
        throw new IllegalStateException("cannot resume batch: it is neither paused nor held");
      }
    }

    @Override
    public BatchProgress progress() {
      return new BatchProgress(
          BatchStatus.RUNNING, 0, 1, 0, List.of(), BatchTally.NONE, reason, null);
    }
  }
}
