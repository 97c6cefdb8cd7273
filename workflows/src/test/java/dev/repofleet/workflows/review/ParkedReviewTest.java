package dev.repofleet.workflows.review;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.RepositoryStatus;
import dev.repofleet.workflows.Stage;
import dev.repofleet.workflows.activities.agent.TurnInput;
import dev.repofleet.workflows.activities.sandbox.ReleaseInput;
import dev.repofleet.workflows.activities.sandbox.WakeInput;
import dev.repofleet.workflows.lease.LeaseEnded.How;
import dev.repofleet.workflows.lease.LeaseRequest;
import dev.repofleet.workflows.progress.RepositoryEnded;
import dev.repofleet.workflows.testing.FakePool;
import dev.repofleet.workflows.testing.FakeWorld;
import dev.repofleet.workflows.testing.Inputs;
import dev.repofleet.workflows.testing.TestFleet;
import io.temporal.client.WorkflowStub;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.CanceledFailure;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.testing.TestWorkflowExtension;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A review that waits for people or for its pool beside a paused sandbox, without a permit. */
@Timeout(600)
class ParkedReviewTest {
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

  private WorkflowStub startAsking(TestFleet fleet) {
    WorkflowStub review = fleet.startReview(Inputs.review(Inputs.asking(1)));
    TestFleet.await(
        "the follow-up waits",
        () -> Integer.valueOf(0).equals(fleet.review().progress().awaiting()));
    return review;
  }

  /** Beside its parked sandbox, once the review knows that it is parked. */
  private WorkflowStub startAskingParked(TestFleet fleet) {
    WorkflowStub review = startAsking(fleet);
    fleet.awaitPersonIsWaitedFor();
    assertThat(pool.parked()).hasSize(1);
    return review;
  }

  private LeaseRequest request() {
    return pool.requests().get(0);
  }

  @Test
  void isNotHeldWhileAPersonIsWaitedFor(TestWorkflowEnvironment environment) {
    TestFleet fleet = TestFleet.start(environment, world);
    WorkflowStub review = startAskingParked(fleet);
    assertThat(pool.held()).isEmpty();

    fleet.review().approve();

    assertThat(review.getResult(RepositoryEnded.class).status())
        .isEqualTo(RepositoryStatus.COMPLETE);
    assertThat(world.sandboxes().pauses())
        .singleElement()
        .satisfies(
            pause -> {
              assertThat(pause.fleet()).isEqualTo(Inputs.FLEET);
              assertThat(pause.leaseId()).isEqualTo(request().leaseId());
              assertThat(pause.runId()).isEqualTo(request().runId());
            });
    LeaseRequest again = pool.requests().get(1);
    assertThat(again.leaseId()).isEqualTo(request().leaseId());
    assertThat(again.parkedSandboxId()).isEqualTo("sandbox-0");
    assertThat(again.priority()).isEqualTo(LeaseRequest.GOES_ON);
    assertThat(world.agent().turns())
        .extracting(TurnInput::fence)
        .containsOnly("0".repeat(31) + "1");
    assertThat(pool.endings()).containsExactly(How.PARKED, How.RELEASED);
  }

  /** The first ten attempts, all that an activity has, find E2B away, or busy with others. */
  private WorkflowStub wokenInAnOutage(TestFleet fleet, Cause cause) {
    AtomicInteger attempts = new AtomicInteger();
    world.during(
        "Wake",
        () -> {
          if (attempts.incrementAndGet() <= 10) {
            throw ApplicationFailure.newFailure("not now", cause.code());
          }
        });
    WorkflowStub review = startAskingParked(fleet);
    fleet.review().approve();
    return review;
  }

  @ParameterizedTest
  @EnumSource(names = {"SANDBOX_UNREACHABLE", "SANDBOX_CREATE_RATE"})
  void isRebuiltAfterAnOutageThatKeepsItAsleep(Cause cause, TestWorkflowEnvironment environment) {
    WorkflowStub review = wokenInAnOutage(TestFleet.start(environment, world), cause);

    assertThat(review.getResult(RepositoryEnded.class).status())
        .isEqualTo(RepositoryStatus.COMPLETE);
    assertThat(world.callsOf("Wake")).isEqualTo(10);
    assertThat(world.agent().turns())
        .extracting(TurnInput::sandboxId)
        .containsExactly("sandbox-0", "sandbox-1");
    assertThat(world.sandboxes().ids()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(names = {"SANDBOX_UNREACHABLE", "SANDBOX_CREATE_RATE"})
  void isWokenAfterAnOutageWhereNothingElseHasItsWork(
      Cause cause, TestWorkflowEnvironment environment) {
    world.agent().savingNothing();
    WorkflowStub review = wokenInAnOutage(TestFleet.start(environment, world), cause);

    assertThat(review.getResult(RepositoryEnded.class).status())
        .isEqualTo(RepositoryStatus.COMPLETE);
    assertThat(world.callsOf("Wake")).isEqualTo(11);
    assertThat(world.agent().turns()).extracting(TurnInput::sandboxId).containsOnly("sandbox-0");
    assertThat(pool.endings()).containsExactly(How.PARKED, How.RELEASED);
    assertThat(world.sandboxes().ids()).isEmpty();
  }

  @Test
  void isWaitedForBesideTheParkedSandboxAndWokenAtItsTime(TestWorkflowEnvironment environment) {
    TestFleet fleet = TestFleet.start(environment, world);
    WorkflowStub review = startAskingParked(fleet);
    pool.hold();
    fleet.review().approve();
    TestFleet.await("it waits", () -> !pool.waiting().isEmpty());
    assertThat(fleet.review().progress().stage()).isEqualTo(Stage.LEASE);
    assertThat(world.agent().turns()).hasSize(1);
    // At no moment at which it asks the pool again: then the test server may lose a task.
    environment.sleep(Duration.ofMinutes(10).plusSeconds(30));
    long slot = environment.currentTimeMillis() + 30_000;
    pool.notBefore(slot);

    pool.resume();

    assertThat(review.getResult(RepositoryEnded.class).status())
        .isEqualTo(RepositoryStatus.COMPLETE);
    assertThat(world.sandboxes().wakes()).extracting(WakeInput::notBefore).containsExactly(slot);
    assertThat(world.report().sandboxMilliseconds())
        .as("neither parked nor waiting")
        .isLessThan(120_000);
  }

  @Test
  void takesAParkedSandboxBackWhoseWorkIsSaved(TestWorkflowEnvironment environment) {
    TestFleet fleet = TestFleet.start(environment, world);
    WorkflowStub review = startAskingParked(fleet);

    pool.askBack(request());
    TestFleet.await("it is given back", () -> world.sandboxes().ids().isEmpty());
    TestFleet.await("it waits on", () -> fleet.review().progress().stage() == Stage.APPROVAL);
    assertThat(world.sandboxes().releases().get(0).paused()).isTrue();
    fleet.review().approve();

    assertThat(review.getResult(RepositoryEnded.class).status())
        .isEqualTo(RepositoryStatus.COMPLETE);
    assertThat(world.callsOf("Lease")).isEqualTo(2);
    assertThat(world.agent().turns().get(1).sandboxId()).isEqualTo("sandbox-1");
    assertThat(pool.endings()).containsExactly(How.PARKED, How.RELEASED, How.RELEASED);
  }

  @Test
  void takesAParkedSandboxBackThatWaitsInTheLine(TestWorkflowEnvironment environment) {
    TestFleet fleet = TestFleet.start(environment, world);
    WorkflowStub review = startAskingParked(fleet);
    pool.hold();
    fleet.review().approve();
    TestFleet.await("it waits", () -> !pool.waiting().isEmpty());

    pool.askBack(request());
    TestFleet.await(
        "it waits with another lease",
        () -> pool.waiting().stream().anyMatch(lease -> lease.endsWith(":1")));
    assertThat(world.sandboxes().ids()).isEmpty();
    pool.resume();

    assertThat(review.getResult(RepositoryEnded.class).status())
        .isEqualTo(RepositoryStatus.COMPLETE);
    assertThat(world.agent().turns().get(1).sandboxId()).isEqualTo("sandbox-1");
  }

  @Test
  void takesNothingBackWhoseWorkIsNotSaved(TestWorkflowEnvironment environment) {
    world.agent().savingNothing();
    TestFleet fleet = TestFleet.start(environment, world);
    WorkflowStub review = startAskingParked(fleet);

    pool.askBack(request());
    fleet.review().approve();

    assertThat(review.getResult(RepositoryEnded.class).status())
        .isEqualTo(RepositoryStatus.COMPLETE);
    assertThat(world.callsOf("Lease")).isEqualTo(1);
  }

  @Test
  void takesNothingBackThatIsInUse(TestWorkflowEnvironment environment) {
    TestFleet fleet = TestFleet.start(environment, world);
    world.during("Review", () -> pool.askBack(request()));
    WorkflowStub review = startAskingParked(fleet);
    environment.sleep(Duration.ofMinutes(5));
    assertThat(world.sandboxes().ids()).hasSize(1);

    fleet.review().approve();

    assertThat(review.getResult(RepositoryEnded.class).status())
        .isEqualTo(RepositoryStatus.COMPLETE);
    assertThat(world.callsOf("Lease")).isEqualTo(1);
  }

  /** The pool may ask before the review knows that the pause has come to its end. */
  @Test
  void takesAParkedSandboxBackThatIsAskedForAtOnce(TestWorkflowEnvironment environment) {
    TestFleet fleet = TestFleet.start(environment, world);
    world.during("Pause", () -> pool.askBack(request()));
    WorkflowStub review = startAsking(fleet);

    TestFleet.await(
        "it is given back",
        () -> world.callsOf("Release") == 1 && world.sandboxes().ids().isEmpty());
    fleet.review().approve();

    assertThat(review.getResult(RepositoryEnded.class).status())
        .isEqualTo(RepositoryStatus.COMPLETE);
  }

  @Test
  void forAParkedSandboxThatNobodyWakesGoesBack(TestWorkflowEnvironment environment) {
    TestFleet fleet = TestFleet.start(environment, world);
    WorkflowStub review = startAskingParked(fleet);

    pool.stray(request(), request().leaseId(), request().runId());
    TestFleet.await("it comes back", () -> pool.held().isEmpty());
    assertThat(pool.ended().get(1).how()).isEqualTo(How.PARKED);
    assertThat(pool.ended().get(1).sandboxId()).isEqualTo("sandbox-0");
    fleet.review().approve();

    assertThat(review.getResult(RepositoryEnded.class).status())
        .isEqualTo(RepositoryStatus.COMPLETE);
  }

  @Test
  void isGivenBackForASandboxThatIsGoneWhenItIsToBePaused(TestWorkflowEnvironment environment) {
    TestFleet fleet = TestFleet.start(environment, world);
    world.during("Pause", world.sandboxes()::loseAll);
    WorkflowStub review = startAsking(fleet);
    TestFleet.await("it is given back", () -> world.callsOf("Release") == 1);
    fleet.awaitPersonIsWaitedFor();
    assertThat(pool.held()).isEmpty();
    assertThat(fleet.review().progress().stage()).isEqualTo(Stage.APPROVAL);

    fleet.review().approve();

    assertThat(review.getResult(RepositoryEnded.class).status())
        .isEqualTo(RepositoryStatus.COMPLETE);
    assertThat(world.callsOf("Lease")).isEqualTo(2);
  }

  @Test
  void staysWithASandboxThatCannotBePaused(TestWorkflowEnvironment environment) {
    TestFleet fleet = TestFleet.start(environment, world);
    world.failingForGood("Pause", Cause.INTERNAL.code());
    WorkflowStub review = startAsking(fleet);
    fleet.awaitPersonIsWaitedFor();
    assertThat(pool.held()).hasSize(1);

    fleet.review().approve();

    assertThat(review.getResult(RepositoryEnded.class).status())
        .isEqualTo(RepositoryStatus.COMPLETE);
    assertThat(pool.requests()).hasSize(1);
  }

  @Test
  void isNotWokenForFollowUpsThatAreRejectedOneAfterTheOther(TestWorkflowEnvironment environment) {
    TestFleet fleet = TestFleet.start(environment, world);
    WorkflowStub review = fleet.startReview(Inputs.review(Inputs.asking(3)));
    for (int i = 0; i < 3; i++) {
      Integer question = i;
      TestFleet.await(
          "follow-up " + i + " waits", () -> question.equals(fleet.review().progress().awaiting()));
      fleet.review().reject();
    }

    assertThat(review.getResult(RepositoryEnded.class).cause()).isEqualTo(Cause.FOLLOW_UP_REJECTED);
    assertThat(world.callsOf("Pause")).isEqualTo(1);
    assertThat(pool.requests()).as("the last for the diff alone").hasSize(2);
    assertThat(world.report().diff()).isNotNull();
  }

  @Test
  void givesItsPlaceBackWhenItIsCancelledBesideItsParkedSandbox(
      TestWorkflowEnvironment environment) {
    TestFleet fleet = TestFleet.start(environment, world);
    WorkflowStub review = startAskingParked(fleet);
    pool.hold();
    fleet.review().approve();
    TestFleet.await("it waits", () -> !pool.waiting().isEmpty());

    review.cancel();

    assertThatThrownBy(() -> review.getResult(RepositoryEnded.class))
        .hasCauseInstanceOf(CanceledFailure.class);
    assertThat(world.sandboxes().releases()).singleElement().matches(ReleaseInput::paused);
    assertThat(world.sandboxes().ids()).isEmpty();
  }

  @Test
  void keepsNoSandboxOfAReviewThatWasCancelled(TestWorkflowEnvironment environment) {
    pool.keeping();
    TestFleet fleet = TestFleet.start(environment, world);
    WorkflowStub review = startAskingParked(fleet);

    review.cancel();

    assertThatThrownBy(() -> review.getResult(RepositoryEnded.class))
        .hasCauseInstanceOf(CanceledFailure.class);
    assertThat(world.sandboxes().releases())
        .singleElement()
        .satisfies(
            release -> {
              assertThat(release.keep()).isFalse();
              assertThat(release.paused()).isTrue();
              assertThat(release.runId()).isEqualTo(request().runId());
            });
  }
}
