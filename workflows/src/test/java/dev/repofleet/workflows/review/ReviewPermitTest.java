package dev.repofleet.workflows.review;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.RepositoryStatus;
import dev.repofleet.workflows.Stage;
import dev.repofleet.workflows.activities.agent.PromptKind;
import dev.repofleet.workflows.activities.agent.TurnInput;
import dev.repofleet.workflows.activities.sandbox.LeaseInput;
import dev.repofleet.workflows.activities.sandbox.ReleaseInput;
import dev.repofleet.workflows.lease.LeaseEnded;
import dev.repofleet.workflows.lease.LeaseEnded.How;
import dev.repofleet.workflows.lease.LeaseRequest;
import dev.repofleet.workflows.lease.PermitReply;
import dev.repofleet.workflows.order.PlanOutline;
import dev.repofleet.workflows.progress.RepositoryEnded;
import dev.repofleet.workflows.testing.FakePool;
import dev.repofleet.workflows.testing.FakeWorld;
import dev.repofleet.workflows.testing.Inputs;
import dev.repofleet.workflows.testing.TestFleet;
import io.temporal.api.enums.v1.EventType;
import io.temporal.client.WorkflowStub;
import io.temporal.failure.CanceledFailure;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.testing.TestWorkflowExtension;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A review and the pool that gives it the permit for its sandbox. */
@Timeout(600)
class ReviewPermitTest {
  @RegisterExtension
  static final TestWorkflowExtension TEMPORAL =
      TestWorkflowExtension.newBuilder().setDoNotStart(true).build();

  private final FakeWorld world = new FakeWorld();
  private final FakePool pool = world.pool();

  @AfterEach
  void noPermitIsLeft() {
    assertThat(pool.held()).as("permits that nobody gave back").isEmpty();
    assertThat(pool.waiting()).as("places in the line").isEmpty();
  }

  private RepositoryEnded review(TestWorkflowEnvironment environment, PlanOutline outline) {
    return TestFleet.start(environment, world)
        .startReview(Inputs.review(outline))
        .getResult(RepositoryEnded.class);
  }

  /** The review took. */
  private long milliseconds() {
    return world.report().endedAt() - world.report().startedAt();
  }

  private LeaseRequest request() {
    return pool.requests().get(0);
  }

  private PermitReply permitFor(LeaseRequest request, String runId) {
    return new PermitReply(
        PermitReply.Kind.GRANTED,
        request.leaseId(),
        request.workflowId(),
        runId,
        "e".repeat(32),
        0,
        null,
        0,
        false);
  }

  @Test
  void isAskedForBeforeTheSandboxAndComesBackWithIt(TestWorkflowEnvironment environment) {
    TestFleet fleet = TestFleet.start(environment, world);
    WorkflowStub review = fleet.startReview(Inputs.review(Inputs.outline("always")));
    String run = review.getExecution().getRunId();
    review.getResult(RepositoryEnded.class);

    assertThat(pool.requests())
        .containsExactly(
            new LeaseRequest(
                TestFleet.REVIEW_ID + ":" + run + ":0",
                TestFleet.REVIEW_ID,
                run,
                Inputs.BATCH,
                LeaseRequest.BEGINS,
                "claude",
                "https://github.com/acme/repo-0",
                null));
    assertThat(pool.ended())
        .containsExactly(
            new LeaseEnded(
                request().leaseId(),
                run,
                How.RELEASED,
                world.sandboxes().releases().get(0).sandboxId(),
                null));
    assertThat(world.sandboxes().leases())
        .containsExactly(
            new LeaseInput(
                Inputs.FLEET,
                request().leaseId(),
                "claude",
                Duration.ofHours(1),
                TestFleet.REVIEW_ID,
                0,
                null,
                false));
  }

  @Test
  void goesOnBeforeThoseThatBegin(TestWorkflowEnvironment environment) {
    TestFleet fleet = TestFleet.start(environment, world);
    fleet.startReview(Inputs.review(Inputs.outline())).getResult(RepositoryEnded.class);
    fleet
        .startReview(Inputs.review(Inputs.outline()).withFollowUp("store:more"))
        .getResult(RepositoryEnded.class);

    assertThat(pool.requests())
        .extracting(LeaseRequest::priority)
        .containsExactly(LeaseRequest.BEGINS, LeaseRequest.GOES_ON);
  }

  @Test
  void isAskedForAgainEachMinuteUntilThePoolHearsIt(TestWorkflowEnvironment environment) {
    pool.losing(3);

    RepositoryEnded ended = review(environment, Inputs.outline());

    assertThat(ended.status()).isEqualTo(RepositoryStatus.COMPLETE);
    assertThat(pool.requests()).hasSize(4).containsOnly(request());
    assertThat(milliseconds()).isBetween(180_000L, 239_000L);
    assertThat(world.calls())
        .as("looked again whether it is wanted")
        .startsWith("Resolve", "Gate", "Gate", "Lease");
    assertThat(world.report().sandboxMilliseconds()).as("no sandbox yet").isLessThan(60_000);
  }

  @Test
  void isAskedForLaterWhenTheLineIsFull(TestWorkflowEnvironment environment) {
    pool.full(2);

    review(environment, Inputs.outline());

    assertThat(pool.requests()).hasSize(3);
    assertThat(milliseconds()).isBetween(240_000L, 299_000L);
  }

  @Test
  void isWaitedForAWeekInAHistoryThatIsSmallEnough(TestWorkflowEnvironment environment) {
    pool.hold();
    TestFleet fleet = TestFleet.start(environment, world);
    WorkflowStub review = fleet.startReview(Inputs.review(Inputs.outline()));
    TestFleet.await("it waits", () -> !pool.waiting().isEmpty());
    environment.sleep(Duration.ofDays(1));
    assertThat(fleet.review().progress().stage()).isEqualTo(Stage.LEASE);
    pool.resume();

    assertThat(review.getResult(RepositoryEnded.class).status())
        .isEqualTo(RepositoryStatus.COMPLETE);
    assertThat(fleet.history(TestFleet.REVIEW_ID).getHistory().getEventsCount())
        .as("of 51,200 that Temporal bears")
        .isLessThan(51_200 / 10);
  }

  @Test
  void isNotWaitedForBehindAClosedGate(TestWorkflowEnvironment environment) {
    pool.hold();
    TestFleet fleet = TestFleet.start(environment, world);
    WorkflowStub review = fleet.startReview(Inputs.review(Inputs.outline()));
    TestFleet.await("it waits", () -> !pool.waiting().isEmpty());
    world.closingTheGate("batch nightly was terminated");

    assertThat(review.getResult(RepositoryEnded.class).status())
        .isEqualTo(RepositoryStatus.CANCELLED);
    assertThat(world.callsOf("Lease")).isZero();
  }

  @Test
  void givesItsPlaceBackWhenTheReviewIsCancelled(TestWorkflowEnvironment environment) {
    pool.hold();
    TestFleet fleet = TestFleet.start(environment, world);
    WorkflowStub review = fleet.startReview(Inputs.review(Inputs.outline()));
    TestFleet.await("it waits", () -> !pool.waiting().isEmpty());
    // Too late for the review: it is ending its lease already.
    world.during("Release", pool::resume);

    review.cancel();

    assertThatThrownBy(() -> review.getResult(RepositoryEnded.class))
        .hasCauseInstanceOf(CanceledFailure.class);
    assertThat(world.callsOf("Lease")).isZero();
    assertThat(pool.endings()).endsWith(How.RELEASED);
    assertThat(world.report().status()).isEqualTo(RepositoryStatus.CANCELLED);
  }

  @Test
  void comesBackWhenItComesAfterTheLeaseHasEnded(TestWorkflowEnvironment environment) {
    pool.hold();
    TestFleet fleet = TestFleet.start(environment, world);
    WorkflowStub review = fleet.startReview(Inputs.review(Inputs.outline()));
    TestFleet.await("it waits", () -> !pool.waiting().isEmpty());
    world.during(
        "WriteReport", () -> pool.stray(request(), request().leaseId(), request().runId()));

    review.cancel();

    assertThatThrownBy(() -> review.getResult(RepositoryEnded.class))
        .hasCauseInstanceOf(CanceledFailure.class);
    assertThat(pool.endings()).containsExactly(How.RELEASED, How.UNRESOLVED);
  }

  @Test
  void ofALeaseThatIsOverGoesBackAtOnce(TestWorkflowEnvironment environment) {
    AtomicInteger runs = new AtomicInteger();
    world.during(
        "Run",
        () -> {
          if (runs.getAndIncrement() == 0) {
            world.sandboxes().loseAll();
          } else {
            pool.stray(request(), pool.requests().get(0).leaseId(), request().runId());
            TestFleet.await("it comes back", () -> pool.endings().contains(How.UNRESOLVED));
          }
        });

    RepositoryEnded ended = review(environment, Inputs.outline());

    assertThat(ended.status()).isEqualTo(RepositoryStatus.COMPLETE);
    assertThat(pool.endings()).containsExactly(How.RELEASED, How.UNRESOLVED, How.RELEASED);
    assertThat(pool.ended().get(1).leaseId()).endsWith(":0");
  }

  /** A task that is done again hears the answer before it begins the lease and asks. */
  @Test
  void ofALeaseThatHasNotBegunIsLeftAlone(TestWorkflowEnvironment environment) {
    world.during(
        "Run",
        () ->
            pool.say(
                new PermitReply(
                    PermitReply.Kind.GRANTED,
                    TestFleet.REVIEW_ID + ":run:7",
                    request().workflowId(),
                    request().runId(),
                    "7".repeat(32),
                    0,
                    null,
                    0,
                    false)));

    RepositoryEnded ended = review(environment, Inputs.outline());

    assertThat(ended.status()).isEqualTo(RepositoryStatus.COMPLETE);
    assertThat(pool.endings()).containsExactly(How.RELEASED);
  }

  @Test
  void thatIsSaidAgainOrForWhatIsHeldChangesNothing(TestWorkflowEnvironment environment) {
    world.during(
        "Run",
        () -> {
          LeaseRequest asked = request();
          pool.say(
              new PermitReply(
                  PermitReply.Kind.GRANTED,
                  asked.leaseId(),
                  asked.workflowId(),
                  asked.runId(),
                  world.sandboxes().preparations().get(0).fence(),
                  0,
                  null,
                  0,
                  false));
          pool.say(permitFor(asked, asked.runId()));
        });

    RepositoryEnded ended = review(environment, Inputs.outline("always"));

    assertThat(ended.status()).isEqualTo(RepositoryStatus.COMPLETE);
    assertThat(world.callsOf("Lease")).isEqualTo(1);
    assertThat(pool.endings()).containsExactly(How.RELEASED);
    assertThat(world.agent().turns()).extracting(TurnInput::fence).doesNotContain("e".repeat(32));
  }

  /** A Reset of the review brings what its earlier run was told. */
  @Test
  void ofARunBeforeAResetIsNoPermit(TestWorkflowEnvironment environment) {
    pool.hold();
    TestFleet fleet = TestFleet.start(environment, world);
    WorkflowStub review = fleet.startReview(Inputs.review(Inputs.outline()));
    TestFleet.await("it waits", () -> !pool.waiting().isEmpty());

    pool.say(permitFor(request(), "of-before"));
    TestFleet.await("it asks at once", () -> pool.requests().size() == 2);
    assertThat(world.callsOf("Lease")).isZero();
    pool.resume();

    assertThat(review.getResult(RepositoryEnded.class).status())
        .isEqualTo(RepositoryStatus.COMPLETE);
    assertThat(world.agent().turns()).extracting(TurnInput::fence).doesNotContain("e".repeat(32));
  }

  @Test
  void isAskedForWithoutEndWhenTheAccountIsFull(TestWorkflowEnvironment environment) {
    world.sandboxes().refusing(50, Cause.SANDBOX_QUOTA, null);

    RepositoryEnded ended = review(environment, Inputs.outline());

    assertThat(ended.status()).isEqualTo(RepositoryStatus.COMPLETE);
    assertThat(pool.requests()).hasSize(51).containsOnly(request());
    assertThat(world.sandboxes().leases()).hasSize(51);
    assertThat(world.sandboxes().leases().get(0).lookFirst()).isFalse();
    assertThat(world.sandboxes().leases().subList(1, 51)).allMatch(LeaseInput::lookFirst);
    assertThat(pool.ended().subList(0, 50))
        .usingRecursiveFieldByFieldElementComparatorIgnoringFields("fence")
        .containsOnly(LeaseEnded.of(request().leaseId(), request().runId(), How.REFUSED_QUOTA));
    assertThat(world.agent().turns().get(0).fence()).as("of the last permit").endsWith("33");
  }

  @Test
  void isAskedForUntilTheServerTakesIt(TestWorkflowEnvironment environment) {
    pool.failing(3);

    assertThat(review(environment, Inputs.outline()).status()).isEqualTo(RepositoryStatus.COMPLETE);
  }

  @Test
  void tellsThePoolHowLongE2bWantsToBeLeftAlone(TestWorkflowEnvironment environment) {
    world.sandboxes().refusing(1, Cause.SANDBOX_CREATE_RATE, 7L);

    review(environment, Inputs.outline());

    assertThat(pool.ended().get(0))
        .isEqualTo(
            new LeaseEnded(
                request().leaseId(),
                request().runId(),
                How.REFUSED_RATE,
                null,
                7L,
                "0".repeat(31) + "1"));
  }

  @Test
  void handsTheWarmSandboxAndItsTimeOn(TestWorkflowEnvironment environment) {
    long slot = environment.currentTimeMillis() + 5_000;
    pool.giving("warm-1");
    pool.notBefore(slot);

    review(environment, Inputs.outline());

    assertThat(world.sandboxes().leases().get(0).warmSandboxId()).isEqualTo("warm-1");
    assertThat(world.sandboxes().leases().get(0).notBefore()).isEqualTo(slot);
    assertThat(world.agent().turns()).extracting(TurnInput::sandboxId).containsOnly("warm-1");
  }

  @Test
  void aWarmSandboxThatCouldNotBeTakenIsDeletedWithItsPermit(TestWorkflowEnvironment environment) {
    pool.giving("warm-1");
    world.failingForGood("Lease", Cause.INTERNAL.code());

    review(environment, Inputs.outline());

    assertThat(world.sandboxes().releases())
        .extracting(ReleaseInput::sandboxId)
        .as("it has the labels of another lease")
        .containsExactly("warm-1");
  }

  @Test
  void keepsTheSandboxOfAReviewThatEndedWell(TestWorkflowEnvironment environment) {
    pool.keeping();

    review(environment, Inputs.outline());

    assertThat(world.sandboxes().releases()).singleElement().matches(ReleaseInput::keep);
    assertThat(pool.endings()).containsExactly(How.RETURNED);
  }

  @Test
  void keepsNoSandboxOfARepositoryThatWantsALogin(TestWorkflowEnvironment environment) {
    pool.keeping();
    world.closed();

    review(environment, Inputs.outline());

    assertThat(world.sandboxes().releases())
        .as("what its agent left running could read the next one's token")
        .singleElement()
        .matches(release -> !release.keep());
  }

  @ParameterizedTest
  @ValueSource(strings = {"Diff", "Clone", "Run"})
  void keepsNoSandboxOfAReviewThatFailed(String step, TestWorkflowEnvironment environment) {
    pool.keeping();
    world.failingForGood(step, Cause.INTERNAL.code());

    review(environment, Inputs.outline());

    assertThat(world.sandboxes().releases()).singleElement().matches(release -> !release.keep());
  }

  @Test
  void keepsNoSandboxThatWasLost(TestWorkflowEnvironment environment) {
    pool.keeping();
    boolean[] lost = {false};
    world.during(
        "Diff",
        () -> {
          if (!lost[0]) {
            lost[0] = true;
            world.sandboxes().loseAll();
          }
        });

    review(environment, Inputs.outline());

    assertThat(world.sandboxes().releases())
        .extracting(ReleaseInput::keep)
        .containsExactly(false, true);
    assertThat(pool.requests())
        .extracting(LeaseRequest::priority)
        .containsExactly(LeaseRequest.BEGINS, LeaseRequest.GOES_ON);
  }

  @Test
  void leavesWhatCannotBeReleasedToThePool(TestWorkflowEnvironment environment) {
    world.failingForGood("Release", Cause.INTERNAL.code());

    RepositoryEnded ended = review(environment, Inputs.outline());

    assertThat(ended.status()).isEqualTo(RepositoryStatus.COMPLETE);
    assertThat(pool.ended())
        .containsExactly(
            new LeaseEnded(
                request().leaseId(), request().runId(), How.UNRESOLVED, "sandbox-0", null));
  }

  @Test
  void takesOneEventAndATimerForEachWait(TestWorkflowEnvironment environment) {
    pool.losing(2);
    TestFleet fleet = TestFleet.start(environment, world);
    fleet.startReview(Inputs.review(Inputs.outline())).getResult(RepositoryEnded.class);

    assertThat(fleet.events(TestFleet.REVIEW_ID, EventType.EVENT_TYPE_MARKER_RECORDED))
        .as("three requests, three looks at the gate, and once for which run they are")
        .hasSize(7);
    assertThat(fleet.timers(TestFleet.REVIEW_ID)).isEqualTo(3);
  }

  @Test
  void hasNothingToDoWithTurnsOfOtherPrompts(TestWorkflowEnvironment environment) {
    world
        .agent()
        .answering(
            PromptKind.REVIEW,
            dev.repofleet.workflows.activities.review.ReviewOutcome.Verdict.INVALID);

    review(environment, Inputs.outline("always"));

    assertThat(world.agent().turns()).hasSize(3);
    assertThat(List.copyOf(pool.requests())).hasSize(1);
  }
}
