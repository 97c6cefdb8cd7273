package dev.repofleet.workflows.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.activities.pool.Delivery;
import dev.repofleet.workflows.activities.pool.DeliveryOutcome;
import dev.repofleet.workflows.lease.LeaseEnded;
import dev.repofleet.workflows.lease.LeaseRequest;
import dev.repofleet.workflows.lease.PermitReply;
import dev.repofleet.workflows.pool.settings.PoolSettings;
import dev.repofleet.workflows.pool.settings.PoolSettingsChange;
import dev.repofleet.workflows.testing.TestFleet;
import io.temporal.api.enums.v1.EventType;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerFactory;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A workflow task of a pool whose worker dies after reviews were told. */
@Timeout(600)
class PoolTaskDoneAgainTest {
  private static final String ID = Fleet.DEFAULT.poolWorkflowId();

  private final FakePoolActivities world = new FakePoolActivities();
  private final TestWorkflowEnvironment environment = TestWorkflowEnvironment.newInstance();
  private final WorkflowClient client = environment.getWorkflowClient();
  private final CountDownLatch told = new CountDownLatch(1);
  private final Semaphore hangs = new Semaphore(0);

  private final FakePoolActivities dying =
      new FakePoolActivities() {
        @Override
        public DeliveryOutcome deliver(Delivery delivery) {
          world.deliver(delivery);
          told.countDown();
          hangs.acquireUninterruptibly();
          throw new IllegalStateException("this worker is dead");
        }
      };

  private final WorkerFactory dyingWorker = start(dying);

  private WorkerFactory start(FakePoolActivities activities) {
    WorkerFactory factory = WorkerFactory.newInstance(client);
    Worker worker = factory.newWorker(Fleet.DEFAULT.taskQueue(), TestFleet.PATIENT);
    worker.registerWorkflowImplementationTypes(SandboxPoolWorkflowImpl.class);
    worker.registerActivitiesImplementations(activities);
    factory.start();
    return factory;
  }

  @AfterEach
  void close() {
    hangs.release();
    environment.close();
  }

  /**
   * A pool.
   *
   * @param knowsTheWorld whether it has looked, and gives a permit where it hears of who wants it
   */
  private SandboxPoolWorkflow begin(PoolSettings settings, boolean knowsTheWorld) {
    WorkflowClient.start(
        client.newWorkflowStub(
                SandboxPoolWorkflow.class,
                WorkflowOptions.newBuilder()
                    .setWorkflowId(ID)
                    .setTaskQueue(Fleet.DEFAULT.taskQueue())
                    .setWorkflowTaskTimeout(Duration.ofSeconds(5))
                    .build())
            ::run,
        new PoolInput(1, Fleet.DEFAULT.name(), settings, null));
    if (knowsTheWorld) {
      TestFleet.await(
          "it looks again later", () -> types().contains(EventType.EVENT_TYPE_TIMER_STARTED));
    }
    return client.newWorkflowStub(SandboxPoolWorkflow.class, ID);
  }

  /** What is sent to the pool from then on is heard when the task is done again. */
  private PermitReply toldByAWorkerThatDied() {
    TestFleet.await("it is told", () -> told.getCount() == 0);
    dyingWorker.shutdownNow();
    TestFleet.await(
        "the server knows that it is dead",
        () -> last(types()) != EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED);
    return world.replies.get(0);
  }

  private static EventType last(List<EventType> types) {
    return types.get(types.size() - 1);
  }

  private List<EventType> types() {
    return client.fetchHistory(ID).getHistory().getEventsList().stream()
        .map(HistoryEvent::getEventType)
        .toList();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aPermitThatCameBackMeanwhileIsGivenAnewAsAnother(boolean knowsTheWorld) {
    SandboxPoolWorkflow pool = begin(PoolSettings.DEFAULT, knowsTheWorld);
    pool.acquire(WaitingLineTest.request("b", 1, 1));
    PermitReply first = toldByAWorkerThatDied();

    pool.ended(
        new LeaseEnded(
            first.leaseId(), first.runId(), LeaseEnded.How.REFUSED_RATE, null, 0L, first.fence()));
    pool.acquire(WaitingLineTest.request("b", 1, 1));
    start(world);

    TestFleet.await("another permit", () -> new HashSet<>(fences()).size() == 2);
    assertThat(pool.status().leased()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whoComesMeanwhileGetsNothingOfWhatAnotherWasTold(boolean knowsTheWorld) {
    SandboxPoolWorkflow pool =
        begin(
            PoolSettings.DEFAULT.with(
                new PoolSettingsChange(1, null, null, null, null, null, null, null)),
            knowsTheWorld);
    pool.acquire(WaitingLineTest.request("b", 1, 1));
    PermitReply first = toldByAWorkerThatDied();

    pool.acquire(WaitingLineTest.request("b", 2, LeaseRequest.GOES_ON));
    start(world);

    TestFleet.await("one that waits", () -> pool.status().waiting() == 1);
    assertThat(world.replies).extracting(PermitReply::leaseId).containsOnly(first.leaseId());
  }

  private List<String> fences() {
    return world.replies.stream().map(reply -> String.valueOf(reply.fence())).toList();
  }
}
