package dev.repofleet.workflows.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.RepositoryStatus;
import dev.repofleet.workflows.SeverityCounts;
import dev.repofleet.workflows.UsageTotals;
import dev.repofleet.workflows.activities.batch.TargetPageRequest;
import dev.repofleet.workflows.activities.report.BatchReport;
import dev.repofleet.workflows.activities.report.RepositoryReport;
import dev.repofleet.workflows.order.ReviewInput;
import dev.repofleet.workflows.progress.BatchCarry;
import dev.repofleet.workflows.progress.BatchStatus;
import dev.repofleet.workflows.progress.BatchTally;
import dev.repofleet.workflows.progress.RepositoryEnded;
import dev.repofleet.workflows.progress.RunningRepository;
import dev.repofleet.workflows.testing.FakeReview;
import dev.repofleet.workflows.testing.FakeWorld;
import dev.repofleet.workflows.testing.Inputs;
import dev.repofleet.workflows.testing.TestFleet;
import io.temporal.api.enums.v1.EventType;
import io.temporal.client.WorkflowFailedException;
import io.temporal.client.WorkflowStub;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.CanceledFailure;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.testing.TestWorkflowExtension;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(600)
class ReviewBatchWorkflowTest {
  @RegisterExtension
  static final TestWorkflowExtension TEMPORAL =
      TestWorkflowExtension.newBuilder().setDoNotStart(true).build();

  private final FakeWorld world = new FakeWorld();

  private TestFleet fakeReviews(TestWorkflowEnvironment environment) {
    return TestFleet.start(environment, world, FakeReview.class, false);
  }

  @Test
  void reviewsEveryTargetOnceAndNeverMoreThanTheWindowAtOnce(TestWorkflowEnvironment environment) {
    TestFleet fleet = TestFleet.start(environment, world);
    CyclicBarrier windowFull = new CyclicBarrier(5);
    world.pagesOf(10);
    world.during("Run", () -> await(windowFull));

    BatchOutcome outcome = fleet.startBatch(Inputs.batch(25, 5)).getResult(BatchOutcome.class);

    assertThat(world.sandboxes().most()).isEqualTo(5);
    assertThat(world.pages())
        .extracting(TargetPageRequest::offset, TargetPageRequest::limit)
        .containsExactly(tuple(0, 25), tuple(10, 15), tuple(20, 5));
    assertThat(world.reports())
        .extracting(RepositoryReport::review)
        .extracting(ReviewInput::index)
        .containsExactlyInAnyOrderElementsOf(IntStream.range(0, 25).boxed().toList());
    assertThat(outcome.status()).isEqualTo(BatchStatus.COMPLETE);
    assertThat(outcome.tally().byStatus()).isEqualTo(Map.of(RepositoryStatus.COMPLETE, 25));
    assertThat(outcome.tally().findings().total()).isEqualTo(75);
    assertThat(outcome.tally().usage().costUsd()).isEqualTo(6.25);
    assertThat(outcome.reportUri()).isEqualTo("store:batch.json");
  }

  @Test
  void aReportWaitsForTheStoreThatTakesIt(TestWorkflowEnvironment environment) {
    TestFleet fleet = fakeReviews(environment);
    AtomicInteger attempts = new AtomicInteger();
    world.during(
        "WriteReport",
        () -> {
          if (attempts.incrementAndGet() <= 45) {
            throw ApplicationFailure.newFailure(
                "the store is away", "dev.repofleet.artifacts.ArtifactException");
          }
        });

    BatchOutcome outcome = fleet.startBatch(Inputs.batch(2, 2)).getResult(BatchOutcome.class);

    assertThat(outcome.reportUri()).isEqualTo("store:batch.json");
    assertThat(attempts.get()).isEqualTo(46);
  }

  /** A window that is smaller or larger than it should be never fills this barrier evenly. */
  private static void await(CyclicBarrier barrier) {
    try {
      barrier.await(TestFleet.LONG.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
      throw new AssertionError("the window is not full", e);
    }
  }

  @Test
  void givesEachReviewItsTargetAndThePlan(TestWorkflowEnvironment environment) {
    world.planning(Inputs.outline("findings.high > 0"));
    TestFleet.start(environment, world)
        .startBatch(Inputs.batch(2, 1))
        .getResult(BatchOutcome.class);

    ReviewInput second = world.reports().get(1).review();
    assertThat(second.index()).isEqualTo(1);
    assertThat(second.key()).isEqualTo(Inputs.key(1));
    assertThat(second.target()).isEqualTo(Inputs.target(1));
    assertThat(second.outline()).isEqualTo(Inputs.outline("findings.high > 0"));
    assertThat(second.generation()).isZero();
    assertThat(world.agent().turns()).hasSize(4);
  }

  @Test
  void countsAnEndThatIsToldTwiceOnce(TestWorkflowEnvironment environment) {
    TestFleet fleet = fakeReviews(environment);

    BatchOutcome outcome = fleet.startBatch(Inputs.batch(3, 3)).getResult(BatchOutcome.class);

    assertThat(outcome.tally().byStatus()).isEqualTo(Map.of(RepositoryStatus.COMPLETE, 3));
    assertThat(outcome.tally().findings().high()).isEqualTo(3);
    assertThat(fleet.events(TestFleet.BATCH_ID, EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED))
        .hasSizeGreaterThan(3);
  }

  @Test
  void ignoresTheEndOfWhatItNeverStarted(TestWorkflowEnvironment environment) {
    TestFleet fleet = fakeReviews(environment);
    WorkflowStub batch = fleet.startBatch(Inputs.batch(1, 1));
    fleet.batch().ended(Inputs.ended(7, RepositoryStatus.FAILED));

    assertThat(batch.getResult(BatchOutcome.class).tally().byStatus())
        .isEqualTo(Map.of(RepositoryStatus.COMPLETE, 1));
  }

  @Test
  void doesNotSleepThroughAnEndThatComesWhileItStartsOthers(TestWorkflowEnvironment environment) {
    TestFleet fleet = TestFleet.start(environment, world);
    world.failingForGood("Resolve", Cause.GIT_NOT_FOUND.code());

    BatchOutcome outcome = fleet.startBatch(Inputs.batch(30, 10)).getResult(BatchOutcome.class);

    assertThat(outcome.tally().count(RepositoryStatus.FAILED)).isEqualTo(30);
    BatchReport report = world.batchReports().get(0);
    assertThat(Duration.ofMillis(report.endedAt() - report.startedAt()))
        .isLessThan(Duration.ofSeconds(60));
  }

  @Test
  void tellsHowItStandsAtAnyTime(TestWorkflowEnvironment environment) {
    TestFleet fleet = fakeReviews(environment);
    WorkflowStub batch = fleet.startBatch(Inputs.batch(4, 2));
    fleet.awaitReviewsBegun(2);
    assertThat(fleet.batch().progress())
        .satisfies(
            progress -> {
              assertThat(progress.status()).isEqualTo(BatchStatus.RUNNING);
              assertThat(progress.total()).isEqualTo(4);
              assertThat(progress.dispatched()).isEqualTo(2);
              assertThat(progress.tally().ended()).isZero();
            });

    environment.sleep(FakeReview.time(0).plusSeconds(30));
    TestFleet.await("one has ended", () -> fleet.batch().progress().tally().ended() == 1);
    assertThat(fleet.batch().progress().running())
        .extracting(RunningRepository::index)
        .containsExactly(1, 2);

    batch.getResult(BatchOutcome.class);
    assertThat(fleet.batch().progress())
        .satisfies(
            progress -> {
              assertThat(progress.status()).isEqualTo(BatchStatus.COMPLETE);
              assertThat(progress.running()).isEmpty();
              assertThat(progress.tally().ended()).isEqualTo(4);
            });
  }

  @Test
  void endsAReviewWhoseBatchWasTerminated(TestWorkflowEnvironment environment) {
    TestFleet fleet = TestFleet.start(environment, world);
    world.during("Diff", () -> fleet.workflow(TestFleet.BATCH_ID).terminate("by hand"));
    fleet.startBatch(Inputs.batch(1, 1));
    TestFleet.await("the report", () -> !world.reports().isEmpty());

    assertThat(fleet.workflow(TestFleet.REVIEW_ID).getResult(RepositoryEnded.class).status())
        .isEqualTo(RepositoryStatus.COMPLETE);
  }

  @Test
  void goesOnWhereAnEarlierRunLeftOff(TestWorkflowEnvironment environment) {
    TestFleet fleet = fakeReviews(environment);
    BatchTally tally = BatchTally.NONE.plus(Inputs.ended(0, RepositoryStatus.PARTIAL));

    BatchOutcome outcome =
        fleet.startBatch(Inputs.batch(3, 1, Inputs.carry(1, tally))).getResult(BatchOutcome.class);

    assertThat(world.callsOf("CheckWorker")).isZero();
    assertThat(world.pages()).extracting(TargetPageRequest::offset).containsExactly(1);
    assertThat(outcome.tally().byStatus())
        .isEqualTo(Map.of(RepositoryStatus.PARTIAL, 1, RepositoryStatus.COMPLETE, 2));
    BatchReport report = world.batchReports().get(0);
    assertThat(report.startedAt()).isEqualTo(1_000);
    assertThat(report.dispatched()).isEqualTo(3);
  }

  /** The test server suggests to continue as new at 4 MiB: signals that mean nothing make it so. */
  private static void makeHistoryLong(TestFleet fleet) {
    RepositoryEnded stranger =
        new RepositoryEnded(
            99,
            "k".repeat(900_000),
            RepositoryStatus.FAILED,
            null,
            SeverityCounts.NONE,
            UsageTotals.NONE,
            0,
            null);
    for (int i = 0; i < 5; i++) {
      fleet.batch().ended(stranger);
    }
  }

  /** Where reviews end as fast as they are started, the window is never full. */
  @Test
  void startsNothingMoreInAHistoryThatIsLongEnough(TestWorkflowEnvironment environment) {
    TestFleet fleet = fakeReviews(environment);
    Semaphore mayBegin = new Semaphore(0);
    world.during("CheckWorker", () -> mayBegin.acquireUninterruptibly());
    WorkflowStub batch = fleet.startBatch(Inputs.batch(4, 2));
    String firstRun = batch.getExecution().getRunId();
    makeHistoryLong(fleet);
    mayBegin.release();

    BatchOutcome outcome = batch.getResult(BatchOutcome.class);

    assertThat(fleet.continuedAsNew(TestFleet.BATCH_ID, firstRun).orElseThrow().dispatched())
        .isZero();
    assertThat(outcome.tally().byStatus()).isEqualTo(Map.of(RepositoryStatus.COMPLETE, 4));
  }

  @Test
  void continuesAsNewWithReviewsInWorkAndLosesNone(TestWorkflowEnvironment environment) {
    TestFleet fleet = TestFleet.start(environment, world);
    Semaphore mayEnd = new Semaphore(0);
    world.during("Run", () -> mayEnd.acquireUninterruptibly());
    WorkflowStub batch = fleet.startBatch(Inputs.batch(4, 2));
    TestFleet.await("two in work", () -> world.callsOf("Run") == 2);
    String firstRun = batch.getExecution().getRunId();
    makeHistoryLong(fleet);
    mayEnd.release();
    TestFleet.await(
        "the next run", () -> fleet.continuedAsNew(TestFleet.BATCH_ID, firstRun).isPresent());
    mayEnd.release(3);

    BatchOutcome outcome = batch.getResult(BatchOutcome.class);

    BatchCarry carry = fleet.continuedAsNew(TestFleet.BATCH_ID, firstRun).orElseThrow();
    assertThat(carry.dispatched()).isEqualTo(2);
    assertThat(carry.running()).extracting(RunningRepository::index).hasSize(1);
    assertThat(carry.tally().byStatus()).isEqualTo(Map.of(RepositoryStatus.COMPLETE, 1));
    assertThat(carry.outline()).isEqualTo(Inputs.outline());
    assertThat(outcome.status()).isEqualTo(BatchStatus.COMPLETE);
    assertThat(outcome.tally().byStatus()).isEqualTo(Map.of(RepositoryStatus.COMPLETE, 4));
    assertThat(world.callsOf("CheckWorker")).isEqualTo(1);
    assertThat(world.batchReports())
        .singleElement()
        .extracting(BatchReport::startedAt)
        .isEqualTo(carry.startedAt());
    assertThat(
            fleet
                .events(TestFleet.BATCH_ID, EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED)
                .get(0)
                .getWorkflowExecutionStartedEventAttributes()
                .getMemo()
                .getFieldsOrThrow(ReviewBatchWorkflow.STARTED_AT_MEMO)
                .getData()
                .toStringUtf8())
        .isEqualTo(String.valueOf(carry.startedAt()));
  }

  @Test
  void cancelsItsReviewsWhenItIsCancelled(TestWorkflowEnvironment environment) {
    TestFleet fleet = fakeReviews(environment);
    WorkflowStub batch = fleet.startBatch(Inputs.batch(4, 2));
    fleet.awaitReviewsBegun(2);

    batch.cancel();

    assertThatThrownBy(() -> batch.getResult(BatchOutcome.class))
        .isInstanceOf(WorkflowFailedException.class)
        .hasCauseInstanceOf(CanceledFailure.class);
    for (int i = 0; i < 2; i++) {
      String review = Fleet.reviewWorkflowId(Inputs.BATCH, Inputs.key(i));
      TestFleet.await(
          "review " + i + " is cancelled",
          () -> !fleet.events(review, EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED).isEmpty());
    }
    assertThat(world.batchReports()).hasSize(1);
    assertThat(world.batchReports().get(0).status()).isEqualTo(BatchStatus.CANCELLED);
    assertThat(world.batchReports().get(0).dispatched()).isEqualTo(2);
    assertThat(fleet.batch().progress().tally().byStatus())
        .isEqualTo(Map.of(RepositoryStatus.CANCELLED, 2));
  }

  /** They are no children of this run any more; one of them has never been. */
  @Test
  void cancelsReviewsOfAnEarlierRunToo(TestWorkflowEnvironment environment) {
    TestFleet fleet = fakeReviews(environment);
    WorkflowStub review = fleet.startReview(Inputs.review(Inputs.outline()));
    world.endedInSilence(Inputs.ended(0, RepositoryStatus.CANCELLED));
    world.endedInSilence(Inputs.ended(1, RepositoryStatus.FAILED));
    WorkflowStub batch =
        fleet.startBatch(
            Inputs.batch(
                2,
                2,
                Inputs.carry(
                    2, new RunningRepository(0, Inputs.key(0)), new RunningRepository(1, "gone"))));
    TestFleet.await("it waits", () -> fleet.timers(TestFleet.BATCH_ID) > 0);

    batch.cancel();

    assertThatThrownBy(() -> batch.getResult(BatchOutcome.class))
        .hasCauseInstanceOf(CanceledFailure.class);
    assertThatThrownBy(() -> review.getResult(RepositoryEnded.class))
        .hasCauseInstanceOf(CanceledFailure.class);
    assertThat(world.batchReports()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"no_model", "store_mismatch", "plan_invalid"})
  void startsNothingWhenTheWorkersAreNotFit(String type, TestWorkflowEnvironment environment) {
    TestFleet fleet = TestFleet.start(environment, world);
    world.failingForGood("CheckWorker", type);

    assertThatThrownBy(() -> fleet.startBatch(Inputs.batch(3, 3)).getResult(BatchOutcome.class))
        .isInstanceOf(WorkflowFailedException.class)
        .rootCause()
        .isInstanceOfSatisfying(
            ApplicationFailure.class, failure -> assertThat(failure.getType()).isEqualTo(type));

    assertThat(world.calls()).containsExactly("CheckWorker");
    assertThat(fleet.batch().progress().status()).isEqualTo(BatchStatus.FAILED);
  }

  @Test
  void seesItsReviewsToTheirEndBeforeItFails(TestWorkflowEnvironment environment) {
    TestFleet fleet = fakeReviews(environment);
    world.pagesOf(2);
    world.during(
        "ReadTargets",
        () -> {
          if (world.callsOf("ReadTargets") == 2) {
            world.failingForGood("ReadTargets", "manifest_invalid");
          }
        });

    assertThatThrownBy(() -> fleet.startBatch(Inputs.batch(4, 4)).getResult(BatchOutcome.class))
        .rootCause()
        .hasMessageContaining("no hope in ReadTargets");

    assertThat(world.batchReports().get(0).status()).isEqualTo(BatchStatus.FAILED);
    assertThat(world.batchReports().get(0).dispatched()).isEqualTo(2);
    assertThat(fleet.batch().progress().tally().ended()).isEqualTo(2);
  }

  @Test
  void failsWhenTheManifestIsShorterThanItSays(TestWorkflowEnvironment environment) {
    TestFleet fleet = fakeReviews(environment);
    world.pagesOf(0);

    assertThatThrownBy(() -> fleet.startBatch(Inputs.batch(1, 1)).getResult(BatchOutcome.class))
        .rootCause()
        .isInstanceOfSatisfying(
            ApplicationFailure.class,
            failure -> assertThat(failure.getType()).isEqualTo("manifest_invalid"));
  }
}
