package dev.repofleet.workflows.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.activities.pool.PoolInspection;
import dev.repofleet.workflows.activities.pool.PoolInspectionOutcome;
import dev.repofleet.workflows.lease.LeaseEnded;
import dev.repofleet.workflows.lease.LeaseRequest;
import dev.repofleet.workflows.lease.PermitReply;
import dev.repofleet.workflows.pool.settings.PoolSettings;
import dev.repofleet.workflows.pool.settings.PoolSettingsChange;
import dev.repofleet.workflows.testing.TestFleet;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowOptions;
import io.temporal.common.interceptors.WorkerInterceptorBase;
import io.temporal.common.interceptors.WorkflowInboundCallsInterceptor;
import io.temporal.common.interceptors.WorkflowInboundCallsInterceptorBase;
import io.temporal.common.interceptors.WorkflowOutboundCallsInterceptor;
import io.temporal.common.interceptors.WorkflowOutboundCallsInterceptorBase;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerFactoryOptions;
import io.temporal.workflow.Promise;
import io.temporal.workflow.TimerOptions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A workflow task of a pool that fails after reviews were told, as where its worker dies then. */
@Timeout(600)
class PoolTaskDoneAgainTest {
  private static final String ID = Fleet.DEFAULT.poolWorkflowId();

  private final CountDownLatch mayLook = new CountDownLatch(1);
  private volatile boolean taskFails = true;
  private final AtomicInteger failures = new AtomicInteger();

  private final FakePoolActivities world =
      new FakePoolActivities() {
        @Override
        public PoolInspectionOutcome inspectPool(PoolInspection inspection) {
          try {
            mayLook.await();
          } catch (InterruptedException e) {
            throw new AssertionError(e);
          }
          return super.inspectPool(inspection);
        }
      };

  private final TestWorkflowEnvironment environment =
      TestWorkflowEnvironment.newInstance(
          TestEnvironmentOptions.newBuilder()
              .setWorkerFactoryOptions(
                  WorkerFactoryOptions.newBuilder()
                      .setWorkerInterceptors(new FailingTasks())
                      .build())
              .build());

  /** Fails a task where it sets its timer, which is after the reviews were told. */
  private final class FailingTasks extends WorkerInterceptorBase {
    @Override
    public WorkflowInboundCallsInterceptor interceptWorkflow(WorkflowInboundCallsInterceptor next) {
      return new WorkflowInboundCallsInterceptorBase(next) {
        @Override
        public void init(WorkflowOutboundCallsInterceptor outbound) {
          super.init(
              new WorkflowOutboundCallsInterceptorBase(outbound) {
                @Override
                public Promise<Void> newTimer(Duration delay, TimerOptions options) {
                  if (taskFails) {
                    failures.incrementAndGet();
                    throw new IllegalStateException("this task fails");
                  }
                  return super.newTimer(delay, options);
                }
              });
        }
      };
    }
  }

  @AfterEach
  void close() {
    environment.close();
  }

  private SandboxPoolWorkflow begin(@Nullable PoolSettings settings) {
    Worker worker = environment.newWorker(Fleet.DEFAULT.taskQueue(), TestFleet.PATIENT);
    worker.registerWorkflowImplementationTypes(SandboxPoolWorkflowImpl.class);
    worker.registerActivitiesImplementations(world);
    environment.start();
    WorkflowClient client = environment.getWorkflowClient();
    WorkflowClient.start(
        client.newWorkflowStub(
                SandboxPoolWorkflow.class,
                WorkflowOptions.newBuilder()
                    .setWorkflowId(ID)
                    .setTaskQueue(Fleet.DEFAULT.taskQueue())
                    .build())
            ::run,
        new PoolInput(1, Fleet.DEFAULT.name(), settings, null));
    return client.newWorkflowStub(SandboxPoolWorkflow.class, ID);
  }

  @Test
  void aPermitThatCameBackMeanwhileIsGivenAnewAsAnother() {
    SandboxPoolWorkflow pool = begin(null);
    pool.acquire(WaitingLineTest.request("b", 1, 1));
    mayLook.countDown();
    awaitFailures(1);
    PermitReply first = world.replies.get(0);

    pool.ended(
        new LeaseEnded(
            first.leaseId(), first.runId(), LeaseEnded.How.REFUSED_RATE, null, 0L, first.fence()));
    pool.acquire(WaitingLineTest.request("b", 1, 1));
    awaitFailures(failures.get() + 2); // the second has heard both
    taskFails = false;

    TestFleet.await("another permit", () -> fences().stream().anyMatch(one -> isNot(first, one)));
    assertThat(pool.status().leased()).isEqualTo(1);
  }

  @Test
  void whoComesMeanwhileGetsNothingOfWhatAnotherWasTold() {
    SandboxPoolWorkflow pool =
        begin(
            PoolSettings.DEFAULT.with(
                new PoolSettingsChange(1, null, null, null, null, null, null, null)));
    pool.acquire(WaitingLineTest.request("b", 1, 1));
    mayLook.countDown();
    awaitFailures(1);

    pool.acquire(WaitingLineTest.request("b", 2, LeaseRequest.GOES_ON));
    awaitFailures(failures.get() + 2);
    taskFails = false;

    TestFleet.await("one that waits", () -> pool.status().waiting() == 1);
    assertThat(world.replies).extracting(PermitReply::leaseId).containsOnly("b-1");
  }

  private void awaitFailures(int count) {
    TestFleet.await(count + " tasks that fail", () -> failures.get() >= count);
  }

  private List<String> fences() {
    return world.replies.stream().map(reply -> String.valueOf(reply.fence())).toList();
  }

  private static boolean isNot(PermitReply first, String fence) {
    return !fence.equals(first.fence());
  }
}
