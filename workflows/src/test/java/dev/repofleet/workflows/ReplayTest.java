package dev.repofleet.workflows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.repofleet.workflows.activities.agent.PromptKind;
import dev.repofleet.workflows.activities.agent.RunLoss;
import dev.repofleet.workflows.activities.git.EarlierResult;
import dev.repofleet.workflows.activities.review.ReviewOutcome.Verdict;
import dev.repofleet.workflows.batch.BatchEstimateOutcome;
import dev.repofleet.workflows.batch.BatchEstimateWorkflowImpl;
import dev.repofleet.workflows.batch.BatchOutcome;
import dev.repofleet.workflows.batch.BatchSettings;
import dev.repofleet.workflows.batch.ReviewBatchWorkflowImpl;
import dev.repofleet.workflows.batch.TargetsAdded;
import dev.repofleet.workflows.batch.TargetsToAdd;
import dev.repofleet.workflows.order.ManifestRef;
import dev.repofleet.workflows.order.PlanOutline;
import dev.repofleet.workflows.order.ReviewInput;
import dev.repofleet.workflows.progress.BatchStatus;
import dev.repofleet.workflows.progress.RepositoryEnded;
import dev.repofleet.workflows.review.RepositoryReviewWorkflowImpl;
import dev.repofleet.workflows.schedule.ScheduledBatchWorkflowImpl;
import dev.repofleet.workflows.testing.FakeAgent;
import dev.repofleet.workflows.testing.FakeReview;
import dev.repofleet.workflows.testing.FakeWorld;
import dev.repofleet.workflows.testing.Inputs;
import dev.repofleet.workflows.testing.Recording;
import dev.repofleet.workflows.testing.Replay;
import dev.repofleet.workflows.testing.TestFleet;
import io.temporal.api.enums.v1.EventType;
import io.temporal.client.WorkflowFailedException;
import io.temporal.client.WorkflowStub;
import io.temporal.failure.ApplicationFailure;
import io.temporal.testing.TestWorkflowEnvironment;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Replays histories of released workflow shapes: code that would decide otherwise than it did then
 * fails here, and not in the middle of somebody's batch.
 *
 * <p>A change that breaks a replay needs {@code Workflow.getVersion}, and a new history beside the
 * old one: {@link Recording}.
 */
@Timeout(600)
class ReplayTest {

  @BeforeAll
  static void record() {
    if (!Recording.on()) {
      return;
    }
    FakeWorld complete = new FakeWorld();
    FakeWorld repaired = new FakeWorld();
    repaired.agent().answering(PromptKind.REVIEW, Verdict.INVALID);
    recordReview("review-complete", complete);
    recordReview("review-repaired", repaired);
    recordReview("review-cancelled", new FakeWorld());
    FakeWorld unchanged = new FakeWorld();
    unchanged.reviewedBefore(
        new EarlierResult("monday", "repo-9", "store:objects/9", SeverityCounts.NONE));
    recordReview("review-unchanged", unchanged);
    FakeWorld verified = new FakeWorld();
    verified.rejecting(new SeverityCounts(0, 0, 1, 0, 0));
    recordReview("review-verified", verified);
    recordReview("review-with-command", new FakeWorld());
    recordReview("review-after-outage", failing("Diff", 7, Cause.SANDBOX_UNREACHABLE));
    recordParked("review-woken", new FakeWorld());
    recordParked("review-rebuilt-asleep", failing("Wake", 10, Cause.SANDBOX_CREATE_RATE));
    FakeWorld unsaved = failing("Wake", 10, Cause.SANDBOX_UNREACHABLE);
    unsaved.agent().savingNothing();
    recordParked("review-woken-after-outage", unsaved);
    recordReview("review-reported-after-outage", reportsFailing(true, 21));
    recordBatch("batch-of-five", new FakeWorld());
    recordBatch("batch-reported-after-outage", reportsFailing(false, 21));
    recordReview("review-lost-twice", losingTwice());
    recordLostFollowUp("review-follow-up-lost", new FakeWorld());
    recordGivenABudget("batch-given-a-budget", new FakeWorld());
    recordAddedAsItEnds("batch-added-to-as-it-ends", new FakeWorld());
    recordEstimate("estimate-of-three", new FakeWorld());
    recordScheduled("scheduled-batch", new FakeWorld());
  }

  private static void recordEstimate(String name, FakeWorld world) {
    try (TestWorkflowEnvironment environment = TestWorkflowEnvironment.newInstance()) {
      TestFleet fleet = TestFleet.start(environment, world);
      fleet.startEstimate(Inputs.estimate(3)).getResult(BatchEstimateOutcome.class);
      Recording.writeHistory(name, fleet.history(TestFleet.ESTIMATE_ID).toJson(true));
    }
  }

  private static void recordReview(String name, FakeWorld world) {
    try (TestWorkflowEnvironment environment = TestWorkflowEnvironment.newInstance()) {
      TestFleet fleet = TestFleet.start(environment, world);
      if (name.equals("review-cancelled")) {
        world.during("Run", () -> cancel(fleet));
      }
      PlanOutline plan =
          switch (name) {
            case "review-verified" -> Inputs.verifying("findings > 0", "findings.high > 0");
            case "review-with-command" -> Inputs.withCommand("findings.high > 0");
            default -> Inputs.outline("findings.high > 0");
          };
      WorkflowStub review = fleet.startReview(Inputs.review(plan));
      try {
        review.getResult(RepositoryEnded.class);
      } catch (WorkflowFailedException e) {
        assertThat(name).isEqualTo("review-cancelled");
      }
      Recording.writeHistory(name, fleet.history(TestFleet.REVIEW_ID).toJson(true));
    }
  }

  /** The first so many attempts of an activity fail. */
  private static FakeWorld failing(String activity, int times, Cause cause) {
    FakeWorld world = new FakeWorld();
    AtomicInteger attempts = new AtomicInteger();
    world.during(
        activity,
        () -> {
          if (attempts.incrementAndGet() <= times) {
            throw ApplicationFailure.newFailure("not now", cause.code());
          }
        });
    return world;
  }

  /**
   * The first so many attempts at the last report fail; of a review that has waited for an outage
   * before.
   */
  private static FakeWorld reportsFailing(boolean ofReview, int times) {
    FakeWorld world = ofReview ? failing("Diff", 7, Cause.SANDBOX_UNREACHABLE) : new FakeWorld();
    AtomicInteger attempts = new AtomicInteger();
    world.during(
        "WriteReport",
        () -> {
          if ((ofReview || world.reports().size() == 5) && attempts.incrementAndGet() <= times) {
            throw ApplicationFailure.newFailure(
                "the store is away", "dev.repofleet.artifacts.ArtifactException");
          }
        });
    return world;
  }

  private static void recordParked(String name, FakeWorld world) {
    try (TestWorkflowEnvironment environment = TestWorkflowEnvironment.newInstance()) {
      TestFleet fleet = TestFleet.start(environment, world);
      WorkflowStub review = fleet.startReview(Inputs.review(Inputs.asking(1)));
      fleet.awaitPersonIsWaitedFor();
      fleet.review().approve();
      review.getResult(RepositoryEnded.class);
      Recording.writeHistory(name, fleet.history(TestFleet.REVIEW_ID).toJson(true));
    }
  }

  /** A process goes down with its sandbox, and the next sandbox before one is seen. */
  private static FakeWorld losingTwice() {
    FakeWorld world = new FakeWorld();
    AtomicInteger runs = new AtomicInteger();
    world.during(
        "Run",
        () -> {
          int run = runs.incrementAndGet();
          if (run <= 2) {
            world.sandboxes().loseAll();
          }
          if (run == 2) {
            throw lost(Cause.SANDBOX_LOST, RunLoss.NONE);
          }
        });
    return world;
  }

  private static ApplicationFailure lost(Cause cause, RunLoss loss) {
    return ApplicationFailure.newNonRetryableFailure("it is gone", cause.code(), loss);
  }

  private static void recordLostFollowUp(String name, FakeWorld world) {
    try (TestWorkflowEnvironment environment = TestWorkflowEnvironment.newInstance()) {
      TestFleet fleet = TestFleet.start(environment, world);
      ReviewInput review = Inputs.review(Inputs.outline());
      fleet.startReview(review).getResult(RepositoryEnded.class);
      world.during(
          "Run",
          () -> {
            throw lost(Cause.QUARANTINED, new RunLoss(0, 3, FakeAgent.LOST, 60_000));
          });
      fleet.startReview(review.withFollowUp("store:more")).getResult(RepositoryEnded.class);
      Recording.writeHistory(name, fleet.history(TestFleet.REVIEW_ID).toJson(true));
    }
  }

  private static void recordGivenABudget(String name, FakeWorld world) {
    Semaphore mayEnd = new Semaphore(0);
    world.during("Run", mayEnd::acquireUninterruptibly);
    double cap = Inputs.outline().budgetUsd();
    world.agent().costing(cap);
    try (TestWorkflowEnvironment environment = TestWorkflowEnvironment.newInstance()) {
      TestFleet fleet = TestFleet.start(environment, world);
      WorkflowStub batch = fleet.startBatch(Inputs.batch(3, 2));
      TestFleet.await("two agents", () -> world.callsOf("Run") == 2);
      fleet.batch().set(new BatchSettings(null, 2 * cap));
      mayEnd.release(3);
      batch.getResult(BatchOutcome.class);
      Recording.writeHistory(name, fleet.history(TestFleet.BATCH_ID).toJson(true));
    }
  }

  private static void recordAddedAsItEnds(String name, FakeWorld world) {
    Semaphore mayAdmit = new Semaphore(0);
    world.during("AdmitTargets", mayAdmit::acquireUninterruptibly);
    ManifestRef more = new ManifestRef("store:more", "b".repeat(64), 2);
    try (TestWorkflowEnvironment environment = TestWorkflowEnvironment.newInstance()) {
      TestFleet fleet = TestFleet.start(environment, world, FakeReview.class, false);
      WorkflowStub batch = fleet.startBatch(Inputs.batch(1, 1));
      fleet.awaitReviewsBegun(1);
      CompletableFuture<TargetsAdded> added =
          CompletableFuture.supplyAsync(() -> fleet.batch().add(new TargetsToAdd(more, 1)));
      TestFleet.await("they are being added", () -> world.callsOf("AdmitTargets") == 1);
      batch.cancel();
      TestFleet.await(
          "the batch ends", () -> fleet.batch().progress().status() == BatchStatus.CANCELLED);
      mayAdmit.release();
      added.join();
      assertThatThrownBy(() -> batch.getResult(BatchOutcome.class))
          .isInstanceOf(WorkflowFailedException.class);
      Recording.writeHistory(name, fleet.history(TestFleet.BATCH_ID).toJson(true));
    }
  }

  private static void cancel(TestFleet fleet) {
    fleet.workflow(TestFleet.REVIEW_ID).cancel();
    TestFleet.await(
        "the run is asked to cancel",
        () ->
            !fleet
                .events(TestFleet.REVIEW_ID, EventType.EVENT_TYPE_ACTIVITY_TASK_CANCEL_REQUESTED)
                .isEmpty());
  }

  private static void recordBatch(String name, FakeWorld world) {
    try (TestWorkflowEnvironment environment = TestWorkflowEnvironment.newInstance()) {
      TestFleet fleet = TestFleet.start(environment, world);
      WorkflowStub batch = fleet.startBatch(Inputs.batch(5, 2));
      try {
        batch.getResult(BatchOutcome.class);
      } catch (WorkflowFailedException e) {
        assertThat(name).isEqualTo("batch-unreported");
      }
      Recording.writeHistory(name, fleet.history(TestFleet.BATCH_ID).toJson(true));
    }
  }

  private static void recordScheduled(String name, FakeWorld world) {
    try (TestWorkflowEnvironment environment = TestWorkflowEnvironment.newInstance()) {
      TestFleet fleet = TestFleet.start(environment, world);
      fleet.startScheduled(Inputs.scheduled(1), false).getResult(BatchOutcome.class);
      Recording.writeHistory(name, fleet.history(TestFleet.SCHEDULED_ID).toJson(true));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "review-complete",
        "review-repaired",
        "review-cancelled",
        "review-unchanged",
        "review-verified",
        "review-with-command",
        "review-ended-by-outage",
        "review-after-outage",
        "review-woken",
        "review-rebuilt-asleep",
        "review-woken-after-outage",
        "review-unreported",
        "batch-of-five",
        "batch-unreported",
        "review-reported-after-outage",
        "batch-reported-after-outage",
        "review-counted-anew",
        "review-lost-twice",
        "review-follow-up-untold",
        "review-follow-up-lost",
        "batch-given-a-budget-uncounted",
        "batch-given-a-budget",
        "batch-added-to-untold",
        "batch-added-to-as-it-ends",
        "estimate-of-three",
        "scheduled-batch"
      })
  void decidesAsItDidThen(String name) throws Exception {
    String history = Recording.read("histories/" + name + ".json");

    assertThat(history).as("small enough to be looked at").hasSizeLessThan(200_000);
    Replay.of(
        history,
        ReviewBatchWorkflowImpl.class,
        BatchEstimateWorkflowImpl.class,
        RepositoryReviewWorkflowImpl.class,
        ScheduledBatchWorkflowImpl.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"review-complete", "batch-of-five"})
  void wouldNoticeAnotherDecision(String name) {
    String history = Recording.read("histories/" + name + ".json");
    List<String> types = List.of("\"Prepare\"", "\"ReadTargets\"");
    String other = history.replace(types.get(0), "\"Verify\"").replace(types.get(1), "\"Verify\"");

    assertThat(other).isNotEqualTo(history);
    assertThatThrownBy(
            () ->
                Replay.of(other, ReviewBatchWorkflowImpl.class, RepositoryReviewWorkflowImpl.class))
        .hasStackTraceContaining("Verify");
  }
}
