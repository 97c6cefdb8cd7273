package dev.repofleet.workflows.review;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.RepositoryStatus;
import dev.repofleet.workflows.Stage;
import dev.repofleet.workflows.activities.agent.PromptKind;
import dev.repofleet.workflows.activities.agent.TurnInput;
import dev.repofleet.workflows.activities.sandbox.ReleaseInput;
import dev.repofleet.workflows.lease.LeaseEnded.How;
import dev.repofleet.workflows.lease.LeaseRequest;
import dev.repofleet.workflows.lease.ProviderTrouble;
import dev.repofleet.workflows.progress.RepositoryEnded;
import dev.repofleet.workflows.testing.FakePool;
import dev.repofleet.workflows.testing.FakeWorld;
import dev.repofleet.workflows.testing.Inputs;
import dev.repofleet.workflows.testing.TestFleet;
import io.temporal.client.WorkflowStub;
import io.temporal.failure.CanceledFailure;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.testing.TestWorkflowExtension;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A review whose model's provider limits, is overloaded, or refuses. */
@Timeout(600)
class ReviewProviderTest {
  private static final Duration UNTIL_RESET = Duration.ofHours(5);

  @RegisterExtension
  static final TestWorkflowExtension TEMPORAL =
      TestWorkflowExtension.newBuilder().setDoNotStart(true).build();

  private final FakeWorld world = new FakeWorld();
  private final FakePool pool = world.pool();

  @AfterEach
  void noPermitIsLeft() {
    assertThat(pool.held()).as("permits that nobody gave back").isEmpty();
    assertThat(pool.waiting()).as("places in the line").isEmpty();
    assertThat(world.sandboxes().ids()).isEmpty();
  }

  private void usingUpTheQuota(int times, TestWorkflowEnvironment environment) {
    world
        .agent()
        .limiting(
            PromptKind.REVIEW,
            times,
            Cause.MODEL_RATE_LIMITED,
            () -> environment.currentTimeMillis() + UNTIL_RESET.toMillis());
  }

  private static void awaitPause(TestFleet fleet, FakeWorld world) {
    TestFleet.await(
        "it waits", () -> world.callsOf("Pause") == 1 && fleet.timers(TestFleet.REVIEW_ID) > 1);
  }

  private static Duration taken(FakeWorld world) {
    return Duration.ofMillis(world.report().endedAt() - world.report().startedAt());
  }

  @ParameterizedTest
  @EnumSource(
      value = Cause.class,
      names = {"MODEL_RATE_LIMITED", "MODEL_OVERLOADED"})
  void isWaitedForWithoutAPermitAndEverybodyIsTold(
      Cause cause, TestWorkflowEnvironment environment) {
    world.agent().limiting(PromptKind.REVIEW, 2, cause, null);

    RepositoryEnded ended =
        TestFleet.start(environment, world)
            .startReview(Inputs.review(Inputs.outline()))
            .getResult(RepositoryEnded.class);

    Long asked = cause == Cause.MODEL_RATE_LIMITED ? 60L : null;
    assertThat(ended.status()).isEqualTo(RepositoryStatus.COMPLETE);
    assertThat(pool.troubles())
        .hasSize(2)
        .usingRecursiveFieldByFieldElementComparatorIgnoringFields("startedAt")
        .containsOnly(new ProviderTrouble(cause, asked, null, null));
    assertThat(pool.heldAtTrouble()).as("told while the permit is in use").containsOnly(1);
    assertThat(pool.endings()).containsExactly(How.PARKED, How.PARKED, How.RELEASED);
    assertThat(pool.requests())
        .extracting(LeaseRequest::parkedSandboxId)
        .containsExactly(null, "sandbox-0", "sandbox-0");
    assertThat(world.agent().turns())
        .extracting(TurnInput::goOn)
        .containsExactly(false, true, true);
    assertThat(taken(world)).isGreaterThanOrEqualTo(Duration.ofSeconds(90));
    assertThat(Duration.ofMillis(world.report().sandboxMilliseconds()))
        .as("no wait is paid for")
        .isLessThan(Duration.ofSeconds(30));
  }

  /** Six windows of five hours are more than the twelve hours that are waited for a limit. */
  @Test
  void isWaitedForUntilItsQuotaIsFilledHoweverOften(TestWorkflowEnvironment environment) {
    usingUpTheQuota(6, environment);

    RepositoryEnded ended =
        TestFleet.start(environment, world)
            .startReview(Inputs.review(Inputs.outline(100, 1_000)))
            .getResult(RepositoryEnded.class);

    assertThat(ended.status()).isEqualTo(RepositoryStatus.COMPLETE);
    assertThat(taken(world)).isBetween(UNTIL_RESET.multipliedBy(6), Duration.ofHours(31));
    assertThat(pool.troubles()).hasSize(6).allMatch(trouble -> trouble.resetAt() != null);
  }

  @Test
  void isNotAskedAllTheTimeWhenItKeepsNamingTheNextMoment(TestWorkflowEnvironment environment) {
    world
        .agent()
        .limiting(
            PromptKind.REVIEW,
            10,
            Cause.MODEL_RATE_LIMITED,
            () -> environment.currentTimeMillis() + 1_000);

    TestFleet.start(environment, world)
        .startReview(Inputs.review(Inputs.outline(100, 1_000)))
        .getResult(RepositoryEnded.class);

    assertThat(taken(world)).isGreaterThan(Duration.ofHours(1));
  }

  @ParameterizedTest
  @EnumSource(
      value = Cause.class,
      names = {"MODEL_AUTH", "MODEL_CREDIT"})
  void isWaitedForUntilAPersonHasMendedItHoweverOften(
      Cause cause, TestWorkflowEnvironment environment) {
    pool.holdingForAPerson();
    world.agent().limiting(PromptKind.REVIEW, 3, cause, null);
    TestFleet fleet = TestFleet.start(environment, world);
    WorkflowStub review = fleet.startReview(Inputs.review(Inputs.outline()));
    for (int mended = 1; mended <= 3; mended++) {
      TestFleet.await("it waits for the pool", () -> !pool.waiting().isEmpty());
      assertThat(pool.held()).isEmpty();
      assertThat(pool.troubles()).hasSize(mended);
      assertThat(fleet.review().progress().stage()).isEqualTo(Stage.LEASE);
      environment.sleep(Duration.ofHours(3));
      pool.resume();
    }

    assertThat(review.getResult(RepositoryEnded.class).status())
        .isEqualTo(RepositoryStatus.COMPLETE);
    assertThat(pool.troubles())
        .usingRecursiveFieldByFieldElementComparatorIgnoringFields("startedAt")
        .containsOnly(Inputs.trouble(cause));
    assertThat(world.callsOf("Lease")).as("the session's own sandbox").isEqualTo(1);
    assertThat(world.stops()).hasSize(cause == Cause.MODEL_AUTH ? 3 : 0);
    assertThat(world.report().message()).isNull();
  }

  @Test
  void isEverybodysBusinessAlsoWhenTheReviewHasNoMoneyLeft(TestWorkflowEnvironment environment) {
    world.agent().limiting(PromptKind.REVIEW, 1);

    RepositoryEnded ended =
        TestFleet.start(environment, world)
            .startReview(Inputs.review(Inputs.outline(0.25, 80)))
            .getResult(RepositoryEnded.class);

    assertThat(ended.cause()).isEqualTo(Cause.BUDGET_EXHAUSTED);
    assertThat(pool.troubles()).hasSize(1);
    assertThat(world.sandboxes().pauses()).isEmpty();
  }

  @Test
  void isNotWaitedForOnceTheReviewIsCancelled(TestWorkflowEnvironment environment) {
    usingUpTheQuota(9, environment);
    TestFleet fleet = TestFleet.start(environment, world);
    WorkflowStub review = fleet.startReview(Inputs.review(Inputs.outline()));
    awaitPause(fleet, world);

    review.cancel();

    assertThatThrownBy(() -> review.getResult(RepositoryEnded.class))
        .hasCauseInstanceOf(CanceledFailure.class);
    assertThat(world.agent().turns()).hasSize(1);
    assertThat(world.sandboxes().releases()).singleElement().matches(ReleaseInput::paused);
    assertThat(world.report().status()).isEqualTo(RepositoryStatus.CANCELLED);
    assertThat(world.report().diff()).isNull();
  }

  @Test
  void isNotWaitedForInTheLineOnceTheReviewIsCancelled(TestWorkflowEnvironment environment) {
    pool.holdingForAPerson();
    world.agent().limiting(PromptKind.REVIEW, 1, Cause.MODEL_AUTH, null);
    TestFleet fleet = TestFleet.start(environment, world);
    WorkflowStub review = fleet.startReview(Inputs.review(Inputs.outline()));
    TestFleet.await("it waits for the pool", () -> !pool.waiting().isEmpty());

    review.cancel();

    assertThatThrownBy(() -> review.getResult(RepositoryEnded.class))
        .hasCauseInstanceOf(CanceledFailure.class);
    assertThat(world.report().status()).isEqualTo(RepositoryStatus.CANCELLED);
    assertThat(world.report().turns()).hasSize(1);
  }

  @Test
  void leavesTheParkedSandboxToThePoolMeanwhile(TestWorkflowEnvironment environment) {
    usingUpTheQuota(1, environment);
    TestFleet fleet = TestFleet.start(environment, world);
    WorkflowStub review = fleet.startReview(Inputs.review(Inputs.outline()));
    awaitPause(fleet, world);

    pool.askBack(pool.requests().get(0));
    TestFleet.await("it is given back", () -> world.sandboxes().ids().isEmpty());

    assertThat(review.getResult(RepositoryEnded.class).status())
        .isEqualTo(RepositoryStatus.COMPLETE);
    assertThat(world.agent().turns())
        .extracting(TurnInput::sandboxId)
        .containsExactly("sandbox-0", "sandbox-1");
    assertThat(world.agent().turns().get(1).goOn()).isTrue();
    assertThat(taken(world)).as("sandbox or not").isGreaterThanOrEqualTo(UNTIL_RESET);
  }

  @Test
  void leavesASandboxAloneWhoseAgentWasKilled(TestWorkflowEnvironment environment) {
    world.agent().endingTurns(PromptKind.REVIEW, Cause.AGENT_CRASHED);

    TestFleet.start(environment, world)
        .startReview(Inputs.review(Inputs.outline()))
        .getResult(RepositoryEnded.class);

    assertThat(pool.troubles()).isEmpty();
    assertThat(world.sandboxes().pauses()).isEmpty();
    assertThat(pool.requests()).hasSize(1);
  }
}
