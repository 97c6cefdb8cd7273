package dev.repofleet.workflows.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.progress.BatchHold;
import dev.repofleet.workflows.testing.FakeReview;
import dev.repofleet.workflows.testing.FakeWorld;
import dev.repofleet.workflows.testing.Inputs;
import dev.repofleet.workflows.testing.TestFleet;
import io.temporal.api.enums.v1.EventType;
import io.temporal.client.WorkflowStub;
import io.temporal.common.interceptors.WorkerInterceptorBase;
import io.temporal.common.interceptors.WorkflowInboundCallsInterceptor;
import io.temporal.common.interceptors.WorkflowInboundCallsInterceptorBase;
import io.temporal.failure.CanceledFailure;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.testing.TestWorkflowExtension;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerFactoryOptions;
import io.temporal.workflow.Workflow;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A cancellation that comes in the workflow task in which reviews are started, as where workers are
 * behind: a real server refuses a task that starts a child and cancels it, and the next try decides
 * the same.
 */
@Timeout(600)
class CancelledAsItBeginsTest {
  @RegisterExtension
  final TestWorkflowExtension temporal =
      TestWorkflowExtension.newBuilder()
          .setDoNotStart(true)
          .setWorkerFactoryOptions(
              WorkerFactoryOptions.newBuilder().setWorkerInterceptors(new Slow()).build())
          .build();

  private final FakeWorld world = new FakeWorld();
  private final Semaphore mayRead = new Semaphore(0);
  private final Semaphore decides = new Semaphore(0);
  private final CountDownLatch mayDecide = new CountDownLatch(1);

  /** A batch which is in the middle of a workflow task while its targets are being read. */
  private WorkflowStub deciding(TestWorkflowEnvironment environment) {
    world.during("ReadTargets", mayRead::acquireUninterruptibly);
    Worker worker = environment.newWorker(Fleet.DEFAULT.taskQueue(), TestFleet.PATIENT);
    worker.registerWorkflowImplementationTypes(ReviewBatchWorkflowImpl.class, FakeReview.class);
    worker.registerActivitiesImplementations(world, world.webhook());
    environment.newWorker(Fleet.DEFAULT.runTaskQueue()).registerActivitiesImplementations(world);
    environment.start();
    TestFleet fleet = TestFleet.of(environment);
    WorkflowStub batch = fleet.startBatch(Inputs.batch(2, 2));
    TestFleet.await("its targets are read", () -> world.callsOf("ReadTargets") == 1);
    fleet.batch().held(new BatchHold(null));
    decides.acquireUninterruptibly();
    return batch;
  }

  /** Whose workflows take their time over being held. */
  private final class Slow extends WorkerInterceptorBase {
    @Override
    public WorkflowInboundCallsInterceptor interceptWorkflow(WorkflowInboundCallsInterceptor next) {
      return new WorkflowInboundCallsInterceptorBase(next) {
        @Override
        public void handleSignal(SignalInput input) {
          if (input.getSignalName().equals("held")) {
            decides.release();
            try {
              mayDecide.await();
            } catch (InterruptedException e) {
              throw Workflow.wrap(e);
            }
          }
          super.handleSignal(input);
        }
      };
    }
  }

  private void targetsAreRead(WorkflowStub batch) {
    mayRead.release();
    TestFleet.await(
        "the targets are read",
        () -> batch.describe().getRawDescription().getPendingActivitiesCount() == 0);
  }

  /** The reviews that were started, each with the workflow task that did. */
  private static List<String> started(TestFleet fleet) {
    return fleet
        .events(TestFleet.BATCH_ID, EventType.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED)
        .stream()
        .map(event -> event.getStartChildWorkflowExecutionInitiatedEventAttributes())
        .map(start -> start.getWorkflowTaskCompletedEventId() + " " + start.getWorkflowId())
        .toList();
  }

  /** The reviews that were cancelled, each with the workflow task that did. */
  private static List<String> cancelled(TestFleet fleet) {
    return fleet
        .events(
            TestFleet.BATCH_ID,
            EventType.EVENT_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED)
        .stream()
        .map(event -> event.getRequestCancelExternalWorkflowExecutionInitiatedEventAttributes())
        .map(
            cancel ->
                cancel.getWorkflowTaskCompletedEventId()
                    + " "
                    + cancel.getWorkflowExecution().getWorkflowId())
        .toList();
  }

  @Test
  void aBatchCancelsWhatItHasStartedOnceThatHasBegun(TestWorkflowEnvironment environment) {
    WorkflowStub batch = deciding(environment);
    TestFleet fleet = TestFleet.of(environment);
    batch.cancel();
    targetsAreRead(batch);
    mayDecide.countDown();

    assertThatThrownBy(() -> batch.getResult(BatchOutcome.class))
        .hasCauseInstanceOf(CanceledFailure.class);
    assertThat(started(fleet)).hasSize(1).doesNotContainAnyElementsOf(cancelled(fleet));
    assertThat(cancelled(fleet)).hasSize(1);
    assertThat(world.batchReports()).hasSize(1);
  }
}
