package dev.repofleet.workflows.testing;

import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.FleetSearchAttributes;
import dev.repofleet.workflows.batch.BatchEstimateInput;
import dev.repofleet.workflows.batch.BatchEstimateWorkflow;
import dev.repofleet.workflows.batch.BatchEstimateWorkflowImpl;
import dev.repofleet.workflows.batch.ReviewBatchWorkflow;
import dev.repofleet.workflows.batch.ReviewBatchWorkflowImpl;
import dev.repofleet.workflows.order.ReviewInput;
import dev.repofleet.workflows.progress.BatchCarry;
import dev.repofleet.workflows.progress.BatchInput;
import dev.repofleet.workflows.review.RepositoryReviewWorkflow;
import dev.repofleet.workflows.review.RepositoryReviewWorkflowImpl;
import dev.repofleet.workflows.schedule.ScheduledBatchInput;
import dev.repofleet.workflows.schedule.ScheduledBatchWorkflow;
import dev.repofleet.workflows.schedule.ScheduledBatchWorkflowImpl;
import io.temporal.api.enums.v1.EventType;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.common.SearchAttributeKey;
import io.temporal.common.SearchAttributes;
import io.temporal.common.WorkflowExecutionHistory;
import io.temporal.common.converter.DefaultDataConverter;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerOptions;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** A fleet on the in-process test server: one worker a task queue, and a {@link FakeWorld}. */
public final class TestFleet {
  /** How long a test waits, in real time; only a hang reaches it. */
  public static final Duration LONG = Duration.ofMinutes(1);

  public static final String BATCH_ID = Fleet.batchWorkflowId(Inputs.BATCH);
  public static final String REVIEW_ID = Fleet.reviewWorkflowId(Inputs.BATCH, Inputs.key(0));
  public static final String ESTIMATE_ID = Fleet.estimateWorkflowId(Inputs.BATCH);
  public static final String SCHEDULED_ID = Fleet.scheduledBatchWorkflowId("nightly");

  /**
   * For workers that do not take it for a deadlock when a busy machine stands still for a second.
   */
  public static final WorkerOptions PATIENT =
      WorkerOptions.newBuilder()
          .setDefaultDeadlockDetectionTimeout(Duration.ofMinutes(1).toMillis())
          .build();

  /**
   * In which a workflow task is not done again: that would ask for once more what its local
   * activities have done. The most that this server takes.
   */
  public static final Duration TASK = Duration.ofMinutes(2);

  /** When what {@link #startScheduled} starts was due. */
  private static final OffsetDateTime DUE = OffsetDateTime.parse("2026-01-02T03:00:00Z");

  private final WorkflowClient client;
  private final boolean searchable;

  private TestFleet(TestWorkflowEnvironment environment, boolean searchable) {
    this.client = environment.getWorkflowClient();
    this.searchable = searchable;
  }

  /** A fleet with both workflows as they are. */
  public static TestFleet start(TestWorkflowEnvironment environment, FakeWorld world) {
    return start(environment, world, RepositoryReviewWorkflowImpl.class, false);
  }

  /** A fleet whose reviews may be of another class. */
  public static TestFleet start(
      TestWorkflowEnvironment environment, FakeWorld world, Class<?> review, boolean searchable) {
    Worker worker = environment.newWorker(Fleet.DEFAULT.taskQueue(), PATIENT);
    worker.registerWorkflowImplementationTypes(
        ReviewBatchWorkflowImpl.class,
        BatchEstimateWorkflowImpl.class,
        ScheduledBatchWorkflowImpl.class,
        review);
    world.pool().answerBy(environment.getWorkflowClient());
    worker.registerActivitiesImplementations(
        world, world.pool(), world.webhook(), new FakeBatchLine(environment.getWorkflowClient()));
    environment
        .newWorker(Fleet.DEFAULT.runTaskQueue(), PATIENT)
        .registerActivitiesImplementations(world);
    environment.start();
    return new TestFleet(environment, searchable);
  }

  /** The fleet of an environment in which one was started, to look at what it left. */
  public static TestFleet of(TestWorkflowEnvironment environment) {
    return new TestFleet(environment, false);
  }

  public WorkflowStub startReview(ReviewInput input) {
    RepositoryReviewWorkflow review =
        client.newWorkflowStub(RepositoryReviewWorkflow.class, options(REVIEW_ID));
    WorkflowClient.start(review::review, input);
    return WorkflowStub.fromTyped(review);
  }

  /** Once more, under its own id. */
  public WorkflowStub startReviewAgain(ReviewInput input) {
    RepositoryReviewWorkflow review =
        client.newWorkflowStub(
            RepositoryReviewWorkflow.class,
            options(Fleet.reviewWorkflowId(input.batch(), input.key())));
    WorkflowClient.start(review::review, input);
    return WorkflowStub.fromTyped(review);
  }

  public WorkflowStub startBatch(BatchInput input) {
    ReviewBatchWorkflow batch =
        client.newWorkflowStub(ReviewBatchWorkflow.class, options(BATCH_ID));
    WorkflowClient.start(batch::run, input);
    return WorkflowStub.fromTyped(batch);
  }

  public WorkflowStub startEstimate(BatchEstimateInput input) {
    BatchEstimateWorkflow estimate =
        client.newWorkflowStub(BatchEstimateWorkflow.class, options(ESTIMATE_ID));
    WorkflowClient.start(estimate::look, input);
    return WorkflowStub.fromTyped(estimate);
  }

  /**
   * A run of a schedule.
   *
   * @param due whether it is told when it was due, as a schedule does
   */
  public WorkflowStub startScheduled(ScheduledBatchInput input, boolean due) {
    SearchAttributes.Builder attributes = SearchAttributes.newBuilder();
    if (due) {
      attributes.set(SearchAttributeKey.forOffsetDateTime("TemporalScheduledStartTime"), DUE);
    }
    if (searchable) {
      attributes.set(FleetSearchAttributes.PLAN, input.plan().name());
    }
    ScheduledBatchWorkflow run =
        client.newWorkflowStub(
            ScheduledBatchWorkflow.class,
            WorkflowOptions.newBuilder()
                .setWorkflowId(SCHEDULED_ID)
                .setTaskQueue(Fleet.DEFAULT.taskQueue())
                .setWorkflowTaskTimeout(TASK)
                .setTypedSearchAttributes(attributes.build())
                .build());
    WorkflowClient.start(run::run, input);
    return WorkflowStub.fromTyped(run);
  }

  private WorkflowOptions options(String id) {
    WorkflowOptions.Builder options =
        WorkflowOptions.newBuilder()
            .setWorkflowId(id)
            .setTaskQueue(Fleet.DEFAULT.taskQueue())
            .setWorkflowTaskTimeout(TASK);
    if (searchable) {
      options.setTypedSearchAttributes(
          SearchAttributes.newBuilder().set(FleetSearchAttributes.BATCH, Inputs.BATCH).build());
    }
    return options.build();
  }

  /** A workflow somebody else started. */
  public WorkflowStub workflow(String id) {
    return client.newUntypedWorkflowStub(id);
  }

  public ReviewBatchWorkflow batch() {
    return client.newWorkflowStub(ReviewBatchWorkflow.class, BATCH_ID);
  }

  public RepositoryReviewWorkflow review() {
    return client.newWorkflowStub(RepositoryReviewWorkflow.class, REVIEW_ID);
  }

  public WorkflowExecutionHistory history(String id) {
    return client.fetchHistory(id);
  }

  public List<HistoryEvent> events(String id, EventType type) {
    return history(id).getHistory().getEventsList().stream()
        .filter(event -> event.getEventType() == type)
        .toList();
  }

  /**
   * Waits until the batch knows that so many reviews have begun. One that is cancelled before is
   * cancelled once more when it has, which this server takes for a fault where a real one does not.
   */
  public void awaitReviewsBegun(int count) {
    await(
        count + " reviews begun, as the batch sees it",
        () -> {
          List<HistoryEvent> begun =
              events(BATCH_ID, EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_STARTED);
          return begun.size() == count
              && events(BATCH_ID, EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED).stream()
                  .anyMatch(seen -> seen.getEventId() > begun.get(count - 1).getEventId());
        });
  }

  /**
   * Waits until the batch has counted so many ends, and those reviews are closed: until then their
   * workflow ids are not free, and one that is to be reviewed again waits for the next look.
   */
  public void awaitReviewsEnded(int count) {
    await(
        count + " reviews ended and closed",
        () ->
            batch().progress().tally().ended() == count
                && events(BATCH_ID, EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_COMPLETED).size()
                    == count);
  }

  /** Waits until the review does nothing but wait for an answer. */
  public void awaitPersonIsWaitedFor() {
    await(
        "it waits for the answer",
        () ->
            events(REVIEW_ID, EventType.EVENT_TYPE_TIMER_STARTED).stream()
                .anyMatch(
                    timer ->
                        timer.getTimerStartedEventAttributes().getStartToFireTimeout().getSeconds()
                            >= 3_600));
  }

  public int timers(String id) {
    return events(id, EventType.EVENT_TYPE_TIMER_STARTED).size();
  }

  /** What a run of the batch took along when it continued as new; empty when it did not. */
  public Optional<BatchCarry> continuedAsNew(String id, String runId) {
    return client.fetchHistory(id, runId).getHistory().getEventsList().stream()
        .filter(HistoryEvent::hasWorkflowExecutionContinuedAsNewEventAttributes)
        .map(HistoryEvent::getWorkflowExecutionContinuedAsNewEventAttributes)
        .map(
            continued ->
                DefaultDataConverter.STANDARD_INSTANCE
                    .fromPayloads(
                        0, Optional.of(continued.getInput()), BatchInput.class, BatchInput.class)
                    .progress())
        .findFirst();
  }

  /** Waits in real time. */
  public static void await(String what, BooleanSupplier condition) {
    long begin = System.nanoTime();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - begin > LONG.toNanos()) {
        throw new AssertionError("not within " + LONG.toSeconds() + " s: " + what);
      }
      LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
    }
  }
}
