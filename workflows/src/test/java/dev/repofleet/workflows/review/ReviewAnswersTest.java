package dev.repofleet.workflows.review;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.RepositoryStatus;
import dev.repofleet.workflows.Stage;
import dev.repofleet.workflows.activities.agent.PromptKind;
import dev.repofleet.workflows.activities.agent.RunLoss;
import dev.repofleet.workflows.activities.agent.TurnInput;
import dev.repofleet.workflows.activities.report.RepositoryReport;
import dev.repofleet.workflows.batch.BatchOutcome;
import dev.repofleet.workflows.order.PlanOutline;
import dev.repofleet.workflows.progress.RepositoryEnded;
import dev.repofleet.workflows.testing.FakeAgent;
import dev.repofleet.workflows.testing.FakeWorld;
import dev.repofleet.workflows.testing.Inputs;
import dev.repofleet.workflows.testing.TestFleet;
import io.temporal.client.WorkflowStub;
import io.temporal.client.WorkflowUpdateException;
import io.temporal.failure.ApplicationFailure;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.testing.TestWorkflowExtension;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Follow-ups that wait for a person, and those that a person asks for. */
@Timeout(600)
class ReviewAnswersTest {
  private static final Duration APPROVAL_TIME = Duration.ofHours(10);
  private static final Duration PAUSED_TIME = Duration.ofHours(1);

  @RegisterExtension
  static final TestWorkflowExtension TEMPORAL =
      TestWorkflowExtension.newBuilder().setDoNotStart(true).build();

  private final FakeWorld world = new FakeWorld();

  /** Two follow-ups, of which the first needs an answer. */
  private static PlanOutline asking() {
    return asking(Inputs.outline("always", "always"), List.of(true, false));
  }

  /** So many follow-ups, each of which needs an answer. */
  private static PlanOutline askingBefore(int followUps) {
    return asking(
        Inputs.outline(Collections.nCopies(followUps, "always").toArray(String[]::new)),
        Collections.nCopies(followUps, true));
  }

  private static PlanOutline asking(PlanOutline plan, List<Boolean> approvals) {
    return Inputs.with(plan, approvals, APPROVAL_TIME, PAUSED_TIME, null, null);
  }

  private WorkflowStub startAsking(TestFleet fleet) {
    WorkflowStub review = fleet.startReview(Inputs.review(asking()));
    awaitQuestion(fleet);
    return review;
  }

  private static void awaitQuestion(TestFleet fleet) {
    TestFleet.await(
        "the follow-up waits",
        () -> Integer.valueOf(0).equals(fleet.review().progress().awaiting()));
  }

  @Test
  void runsTheFollowUpInThePausedSandboxOnceItIsApproved(TestWorkflowEnvironment environment) {
    TestFleet fleet = TestFleet.start(environment, world);
    WorkflowStub review = startAsking(fleet);
    assertThat(fleet.review().progress().stage()).isEqualTo(Stage.APPROVAL);
    TestFleet.await("the sandbox is paused", () -> world.callsOf("Pause") == 1);

    FollowUpAnswered answered = fleet.review().approve();
    RepositoryEnded ended = review.getResult(RepositoryEnded.class);

    assertThat(answered.followUp()).isZero();
    assertThat(ended.status()).isEqualTo(RepositoryStatus.COMPLETE);
    assertThat(world.agent().turns()).extracting(TurnInput::followUp).containsExactly(0, 0, 1);
    assertThat(world.callsOf("Lease")).isEqualTo(1);
    assertThat(fleet.review().progress().awaiting()).isNull();
  }

  @Test
  void leavesOutAFollowUpThatIsRejectedAndGoesOn(TestWorkflowEnvironment environment) {
    TestFleet fleet = TestFleet.start(environment, world);
    WorkflowStub review = startAsking(fleet);

    fleet.review().reject();
    RepositoryEnded ended = review.getResult(RepositoryEnded.class);

    assertThat(world.agent().turns())
        .extracting(TurnInput::prompt)
        .containsExactly(PromptKind.REVIEW, PromptKind.FOLLOW_UP);
    assertThat(world.agent().turns().get(1).followUp()).isEqualTo(1);
    assertThat(ended.status()).isEqualTo(RepositoryStatus.PARTIAL);
    assertThat(ended.cause()).isEqualTo(Cause.FOLLOW_UP_REJECTED);
    assertThat(ended.findings().total()).isEqualTo(3);
  }

  @Test
  void givesThePausedSandboxBackAndRestoresItForALateYes(TestWorkflowEnvironment environment) {
    TestFleet fleet = TestFleet.start(environment, world);
    WorkflowStub review = startAsking(fleet);
    environment.sleep(PAUSED_TIME.plusMinutes(1));
    assertThat(world.sandboxes().ids()).isEmpty();
    assertThat(fleet.review().progress().stage()).isEqualTo(Stage.APPROVAL);

    fleet.review().approve();
    RepositoryEnded ended = review.getResult(RepositoryEnded.class);

    assertThat(ended.status()).isEqualTo(RepositoryStatus.COMPLETE);
    assertThat(world.callsOf("Lease")).isEqualTo(2);
    assertThat(world.agent().turns().get(1).sandboxId()).isEqualTo("sandbox-1");
    assertThat(world.agent().turns().get(1).basis()).isNotNull();
    assertThat(world.agent().turns().get(1).basis().endedThrough()).isZero();
    assertThat(world.sandboxes().ids()).isEmpty();
  }

  @Test
  void countsNoSandboxAsLostThatWasGivenBackForALateAnswer(TestWorkflowEnvironment environment) {
    int asked = 7;
    TestFleet fleet = TestFleet.start(environment, world);
    WorkflowStub review = fleet.startReview(Inputs.review(askingBefore(asked)));
    for (int i = 0; i < asked; i++) {
      Integer question = i;
      TestFleet.await(
          "follow-up " + i + " waits", () -> question.equals(fleet.review().progress().awaiting()));
      environment.sleep(PAUSED_TIME.plusMinutes(1));
      assertThat(world.sandboxes().ids()).isEmpty();
      fleet.review().approve();
    }

    assertThat(review.getResult(RepositoryEnded.class).status())
        .isEqualTo(RepositoryStatus.COMPLETE);
    assertThat(world.callsOf("Lease")).isEqualTo(asked + 1);
    assertThat(world.agent().turns()).hasSize(asked + 1);
    assertThat(world.sandboxes().ids()).isEmpty();
  }

  @Test
  void keepsTheSandboxWhereNoCheckpointHoldsTheWork(TestWorkflowEnvironment environment) {
    world.agent().savingNothing();
    TestFleet fleet = TestFleet.start(environment, world);
    WorkflowStub review = startAsking(fleet);
    environment.sleep(PAUSED_TIME.multipliedBy(5));
    assertThat(world.sandboxes().ids()).hasSize(1);

    fleet.review().approve();

    assertThat(review.getResult(RepositoryEnded.class).status())
        .isEqualTo(RepositoryStatus.COMPLETE);
    assertThat(world.callsOf("Lease")).isEqualTo(1);
  }

  @Test
  void endsWithoutAnAnswerOnceItsTimeIsOver(TestWorkflowEnvironment environment) {
    RepositoryEnded ended =
        TestFleet.start(environment, world)
            .startReview(Inputs.review(asking()))
            .getResult(RepositoryEnded.class);

    assertThat(ended.status()).isEqualTo(RepositoryStatus.PARTIAL);
    assertThat(ended.cause()).isEqualTo(Cause.APPROVAL_TIMEOUT);
    assertThat(world.agent().turns()).hasSize(1);
    assertThat(world.report().diff()).as("what there was is kept").isNotNull();
    assertThat(world.sandboxes().ids()).isEmpty();
  }

  @Test
  void saysWhereItIsWhenAnAnswerComesTooEarly(TestWorkflowEnvironment environment) {
    TestFleet fleet = TestFleet.start(environment, world);
    List<Throwable> refused = new java.util.concurrent.CopyOnWriteArrayList<>();
    world.during(
        "Run",
        () -> {
          try {
            fleet.review().approve();
          } catch (WorkflowUpdateException e) {
            refused.add(e);
          }
        });

    fleet.startReview(Inputs.review(Inputs.outline())).getResult(RepositoryEnded.class);

    assertThat(refused)
        .singleElement()
        .satisfies(
            e ->
                assertThat(e)
                    .hasStackTraceContaining("cannot approve while in stage run: no follow-up"));
  }

  @Test
  void takesAPersonsPromptAfterThoseOfThePlan(TestWorkflowEnvironment environment) {
    TestFleet fleet = TestFleet.start(environment, world);
    world.during(
        "Prepare",
        () ->
            assertThat(fleet.review().followUp(new FollowUpPrompt("store:mine")).count())
                .isEqualTo(1));

    RepositoryEnded ended =
        fleet.startReview(Inputs.review(Inputs.outline("always"))).getResult(RepositoryEnded.class);

    assertThat(ended.status()).isEqualTo(RepositoryStatus.COMPLETE);
    assertThat(world.agent().turns())
        .extracting(TurnInput::promptUri)
        .containsExactly(null, null, "store:mine");
  }

  @Test
  void goesOnInTheSessionAfterTheEnd(TestWorkflowEnvironment environment) {
    TestFleet fleet = TestFleet.start(environment, world);
    fleet.startReview(Inputs.review(Inputs.outline())).getResult(RepositoryEnded.class);
    String session = world.report().sessionId();
    environment.sleep(Duration.ofDays(3));

    RepositoryEnded ended =
        fleet
            .startReview(Inputs.review(Inputs.outline()).withFollowUp("store:more"))
            .getResult(RepositoryEnded.class);

    assertThat(ended.status()).isEqualTo(RepositoryStatus.COMPLETE);
    assertThat(ended.findings().total()).as("those of the review").isEqualTo(3);
    assertThat(ended.usage().costUsd()).as("of both").isEqualTo(0.5);
    TurnInput more = world.agent().turns().get(1);
    assertThat(more.sessionId()).isEqualTo(session);
    assertThat(more.turn()).isEqualTo(1);
    assertThat(more.promptUri()).isEqualTo("store:more");
    assertThat(more.budgetUsd()).as("the plan's once more").isEqualTo(2.0);
    assertThat(more.turns()).isEqualTo(80);
    assertThat(more.basis()).isNotNull();
    assertThat(world.calls()).filteredOn("Resolve"::equals).as("the commit stays").hasSize(1);
    RepositoryReport first = world.reports().get(0);
    RepositoryReport second = world.reports().get(1);
    assertThat(second.turns()).hasSize(2);
    assertThat(second.startedAt()).as("what it says is of then").isEqualTo(first.startedAt());
    assertThat(second.endedAt() - first.endedAt()).isGreaterThan(Duration.ofDays(3).toMillis() - 1);
    assertThat(second.stepMilliseconds()).containsKeys("resolve", "run", "follow_up");
    assertThat(second.stepMilliseconds().values().stream().mapToLong(Long::longValue).sum())
        .as("without the days between")
        .isLessThan(Duration.ofDays(1).toMillis());
    assertThat(world.sandboxes().ids()).isEmpty();
  }

  @Test
  void leavesTheReviewsResultAloneWhenItCannotBeGoneOnWith(TestWorkflowEnvironment environment) {
    world.agent().savingNothing();
    TestFleet fleet = TestFleet.start(environment, world);
    fleet.startReview(Inputs.review(Inputs.outline())).getResult(RepositoryEnded.class);

    RepositoryEnded ended =
        fleet
            .startReview(Inputs.review(Inputs.outline()).withFollowUp("store:more"))
            .getResult(RepositoryEnded.class);

    assertThat(ended.cause()).isEqualTo(Cause.SANDBOX_LOST);
    assertThat(world.agent().turns()).hasSize(1);
    assertThat(world.report().status()).as("written once").isEqualTo(RepositoryStatus.COMPLETE);
    assertThat(world.sandboxes().ids()).isEmpty();
  }

  @Test
  void addsWhatALostFollowUpUsedToTheResultThatStands(TestWorkflowEnvironment environment) {
    TestFleet fleet = TestFleet.start(environment, world);
    fleet.startReview(Inputs.review(Inputs.outline())).getResult(RepositoryEnded.class);
    RepositoryReport first = world.report();
    world.during(
        "Run",
        () -> {
          throw ApplicationFailure.newNonRetryableFailure(
              "it is set aside",
              Cause.QUARANTINED.code(),
              new RunLoss(0, 3, FakeAgent.LOST, 60_000));
        });

    RepositoryEnded ended =
        fleet
            .startReview(Inputs.review(Inputs.outline()).withFollowUp("store:more"))
            .getResult(RepositoryEnded.class);

    assertThat(ended.cause()).as("who asked is told").isEqualTo(Cause.QUARANTINED);
    assertThat(world.reports()).hasSize(2);
    RepositoryReport second = world.reports().get(1);
    assertThat(second.status()).isEqualTo(RepositoryStatus.COMPLETE);
    assertThat(second.cause()).isNull();
    assertThat(second.message()).isNull();
    assertThat(second.turns()).isEqualTo(first.turns());
    assertThat(second.outcome()).isEqualTo(first.outcome());
    assertThat(second.diff()).isEqualTo(first.diff());
    assertThat(second.lost()).isEqualTo(FakeAgent.LOST);
    assertThat(second.cost()).isEqualTo(ended.usage()).isEqualTo(first.cost().plus(FakeAgent.LOST));
  }

  @Test
  void saysSoWhenThereIsNoSessionToGoOnWith(TestWorkflowEnvironment environment) {
    world.failingForGood("Resolve", Cause.GIT_NOT_FOUND.code());
    TestFleet fleet = TestFleet.start(environment, world);
    fleet.startReview(Inputs.review(Inputs.outline())).getResult(RepositoryEnded.class);

    RepositoryEnded ended =
        fleet
            .startReview(Inputs.review(Inputs.outline()).withFollowUp("store:more"))
            .getResult(RepositoryEnded.class);

    assertThat(ended.status()).isEqualTo(RepositoryStatus.FAILED);
    assertThat(world.callsOf("Lease")).isZero();
  }

  @Test
  void holdsNoPlaceInTheBatchWhileItWaits(TestWorkflowEnvironment environment) {
    world.planning(asking());
    TestFleet fleet = TestFleet.start(environment, world);
    WorkflowStub batch = fleet.startBatch(Inputs.batch(3, 1));

    TestFleet.await("all three ask", () -> world.callsOf("Pause") == 3);
    assertThat(fleet.batch().progress().tally().ended()).isZero();
    for (int i = 0; i < 3; i++) {
      String id = dev.repofleet.workflows.Fleet.reviewWorkflowId(Inputs.BATCH, Inputs.key(i));
      fleet.workflow(id).update("approve", FollowUpAnswered.class);
    }

    assertThat(batch.getResult(BatchOutcome.class).tally().count(RepositoryStatus.COMPLETE))
        .isEqualTo(3);
  }
}
