package dev.repofleet.workflows.review;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.RepositoryStatus;
import dev.repofleet.workflows.SessionId;
import dev.repofleet.workflows.SeverityCounts;
import dev.repofleet.workflows.activities.agent.PromptKind;
import dev.repofleet.workflows.activities.agent.TurnBasis;
import dev.repofleet.workflows.activities.agent.TurnInput;
import dev.repofleet.workflows.activities.review.ReviewOutcome.Verdict;
import dev.repofleet.workflows.order.PlanOutline;
import dev.repofleet.workflows.progress.RepositoryEnded;
import dev.repofleet.workflows.testing.FakeWorld;
import dev.repofleet.workflows.testing.Inputs;
import dev.repofleet.workflows.testing.TestFleet;
import io.temporal.client.WorkflowStub;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.testing.TestWorkflowExtension;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Findings that are tried in a session of their own, between the review and its follow-ups. */
@Timeout(600)
class ReviewVerificationTest {
  private static final String HIGH = "findings.critical > 0 or findings.high > 0";
  private static final SeverityCounts FOUND = new SeverityCounts(0, 1, 2, 0, 0);

  @RegisterExtension
  static final TestWorkflowExtension TEMPORAL =
      TestWorkflowExtension.newBuilder().setDoNotStart(true).build();

  private final FakeWorld world = new FakeWorld();

  private RepositoryEnded review(TestWorkflowEnvironment environment, PlanOutline outline) {
    return TestFleet.start(environment, world)
        .startReview(Inputs.review(outline))
        .getResult(RepositoryEnded.class);
  }

  private void assertPrompts(PromptKind... kinds) {
    assertThat(world.agent().turns()).extracting(TurnInput::prompt).containsExactly(kinds);
  }

  /** The sandbox is gone when the {@code number}-th turn is to run, counted from 1. */
  private void losingAtRun(int number) {
    AtomicInteger runs = new AtomicInteger();
    world.during(
        "Run",
        () -> {
          if (runs.incrementAndGet() == number) {
            world.sandboxes().loseAll();
          }
        });
  }

  @Test
  void triesTheFindingsInASessionOfTheirOwnAndGoesOnInTheReviews(
      TestWorkflowEnvironment environment) {
    world.rejecting(new SeverityCounts(0, 0, 1, 0, 0));

    RepositoryEnded ended = review(environment, Inputs.verifying(HIGH, "findings.high > 0"));

    assertPrompts(PromptKind.REVIEW, PromptKind.VERIFY, PromptKind.FOLLOW_UP);
    String own = SessionId.of(TestFleet.REVIEW_ID, 0).toString();
    String other = SessionId.ofVerification(TestFleet.REVIEW_ID, 0).toString();
    assertThat(other).isNotEqualTo(own);
    assertThat(world.agent().turns())
        .extracting(TurnInput::sessionId)
        .containsExactly(own, other, own);
    assertThat(world.agent().turns())
        .extracting(TurnInput::promptUri)
        .containsExactly(null, "store:" + Inputs.key(0), null);
    assertThat(world.agent().turns())
        .extracting(turn -> turn.facts() == null ? "" : turn.facts().rejectedUri())
        .as("the follow-up is told")
        .containsExactly(null, null, "store:" + Inputs.key(0) + "/verified");
    assertThat(ended.status()).isEqualTo(RepositoryStatus.COMPLETE);
    assertThat(ended.findings()).isEqualTo(new SeverityCounts(0, 1, 1, 0, 0));
    assertThat(ended.usage().costUsd()).as("of all three").isEqualTo(0.75);
    assertThat(world.report().sessionId()).isEqualTo(own);
    assertThat(String.valueOf(world.report().outcome())).contains("/verified");
    assertThat(world.callsOf("Lease")).isEqualTo(1);
  }

  @Test
  void countsARejectedFindingForNoFollowUp(TestWorkflowEnvironment environment) {
    world.rejecting(new SeverityCounts(0, 1, 0, 0, 0));

    RepositoryEnded ended = review(environment, Inputs.verifying(HIGH, "findings.high > 0"));

    assertPrompts(PromptKind.REVIEW, PromptKind.VERIFY);
    assertThat(ended.status()).isEqualTo(RepositoryStatus.COMPLETE);
    assertThat(ended.findings()).isEqualTo(new SeverityCounts(0, 0, 2, 0, 0));
  }

  @Test
  void triesNothingWhereNoFindingIsSoSevere(TestWorkflowEnvironment environment) {
    RepositoryEnded ended =
        review(environment, Inputs.verifying("findings.critical > 0", "always"));

    assertPrompts(PromptKind.REVIEW, PromptKind.FOLLOW_UP);
    assertThat(ended.findings()).isEqualTo(FOUND);
    assertThat(world.callsOf("JudgeVerdicts")).isZero();
  }

  @Test
  void triesTheFindingsOfARepairedAnswer(TestWorkflowEnvironment environment) {
    world.agent().answering(PromptKind.REVIEW, Verdict.INVALID);

    review(environment, Inputs.verifying(HIGH));

    assertPrompts(PromptKind.REVIEW, PromptKind.REPAIR, PromptKind.VERIFY);
  }

  @Test
  void triesNothingOfAReviewWithoutAnAnswer(TestWorkflowEnvironment environment) {
    world.agent().answering(PromptKind.REVIEW, Verdict.INVALID);
    world.agent().answering(PromptKind.REPAIR, Verdict.MISSING);

    review(environment, Inputs.verifying("always"));

    assertPrompts(PromptKind.REVIEW, PromptKind.REPAIR);
  }

  @ParameterizedTest
  @EnumSource(
      value = Verdict.class,
      names = {"INVALID", "MISSING"})
  void leavesTheFindingsAsTheyAreWhenNoVerdictComes(
      Verdict answer, TestWorkflowEnvironment environment) {
    world.agent().answering(PromptKind.VERIFY, answer);

    RepositoryEnded ended = review(environment, Inputs.verifying(HIGH, "findings.high > 0"));

    assertPrompts(PromptKind.REVIEW, PromptKind.VERIFY, PromptKind.FOLLOW_UP);
    assertThat(ended.status()).isEqualTo(RepositoryStatus.COMPLETE);
    assertThat(ended.findings()).isEqualTo(FOUND);
  }

  @ParameterizedTest
  @EnumSource(
      value = Cause.class,
      names = {"BUDGET_EXHAUSTED", "AGENT_TIMEOUT", "AGENT_REFUSED"})
  void endsThePlansTurnsWhenItEndsBadly(Cause cause, TestWorkflowEnvironment environment) {
    world.agent().endingTurns(PromptKind.VERIFY, cause);

    RepositoryEnded ended = review(environment, Inputs.verifying(HIGH, "always"));

    assertThat(world.agent().turns())
        .extracting(TurnInput::prompt)
        .doesNotContain(PromptKind.FOLLOW_UP);
    assertThat(ended.status()).isEqualTo(RepositoryStatus.PARTIAL);
    assertThat(ended.cause()).isEqualTo(cause);
    assertThat(ended.findings()).isEqualTo(FOUND);
    assertThat(world.callsOf("JudgeVerdicts")).isZero();
    assertThat(world.report().diff()).isNotNull();
  }

  @Test
  void saysSoWhenNothingIsLeftToTryThemWith(TestWorkflowEnvironment environment) {
    RepositoryEnded ended = review(environment, Inputs.verifying(HIGH, 0.255));

    assertPrompts(PromptKind.REVIEW);
    assertThat(ended.status()).isEqualTo(RepositoryStatus.PARTIAL);
    assertThat(ended.cause()).isEqualTo(Cause.BUDGET_EXHAUSTED);
  }

  @Test
  void beginsAnewInAnotherSandboxWhenItsOwnIsLost(TestWorkflowEnvironment environment) {
    losingAtRun(2);

    RepositoryEnded ended = review(environment, Inputs.verifying(HIGH, "always"));

    assertThat(ended.status()).isEqualTo(RepositoryStatus.COMPLETE);
    assertPrompts(PromptKind.REVIEW, PromptKind.VERIFY, PromptKind.FOLLOW_UP);
    assertThat(world.agent().turns().get(1).basis()).isEqualTo(new TurnBasis(1, 0, null, true));
    assertThat(world.agent().turns().get(2).basis())
        .as("the review's session is told that its machine is another one")
        .isEqualTo(new TurnBasis(0, 0, null, true));
    assertThat(ended.usage().costUsd()).as("with what was lost").isEqualTo(0.85);
    assertThat(world.callsOf("Lease")).isEqualTo(2);
  }

  @Test
  void isNotRepeatedWhenTheSandboxIsLostAfterIt(TestWorkflowEnvironment environment) {
    losingAtRun(3);

    RepositoryEnded ended = review(environment, Inputs.verifying(HIGH, "always", "always"));

    assertThat(ended.status()).isEqualTo(RepositoryStatus.COMPLETE);
    assertPrompts(PromptKind.REVIEW, PromptKind.VERIFY, PromptKind.FOLLOW_UP, PromptKind.FOLLOW_UP);
    assertThat(world.agent().turns().get(2).basis()).isEqualTo(new TurnBasis(1, 0, null, true));
    assertThat(world.agent().turns().get(3).basis()).isEqualTo(new TurnBasis(0, 0, null, false));
  }

  @Test
  void givesThePausedSandboxBackAfterItAndRestoresTheReviews(TestWorkflowEnvironment environment) {
    PlanOutline asking =
        Inputs.with(
            Inputs.outline("always"),
            List.of(true),
            Duration.ofHours(10),
            Duration.ofHours(1),
            HIGH,
            null);
    TestFleet fleet = TestFleet.start(environment, world);
    WorkflowStub review = fleet.startReview(Inputs.review(asking));
    TestFleet.await(
        "the follow-up waits",
        () -> Integer.valueOf(0).equals(fleet.review().progress().awaiting()));
    environment.sleep(Duration.ofMinutes(61));
    assertThat(world.sandboxes().ids()).isEmpty();

    fleet.review().approve();

    assertThat(review.getResult(RepositoryEnded.class).status())
        .isEqualTo(RepositoryStatus.COMPLETE);
    assertPrompts(PromptKind.REVIEW, PromptKind.VERIFY, PromptKind.FOLLOW_UP);
    assertThat(world.agent().turns().get(2).basis()).isEqualTo(new TurnBasis(0, 0, null, true));
  }

  @Test
  void goesOnInItsSessionWhenTheProviderAsksForPatience(TestWorkflowEnvironment environment) {
    world.agent().limiting(PromptKind.VERIFY, 1);

    RepositoryEnded ended = review(environment, Inputs.verifying(HIGH, "always"));

    assertThat(ended.status()).isEqualTo(RepositoryStatus.COMPLETE);
    assertPrompts(PromptKind.REVIEW, PromptKind.VERIFY, PromptKind.VERIFY, PromptKind.FOLLOW_UP);
    assertThat(world.agent().turns())
        .extracting(TurnInput::goOn)
        .containsExactly(false, false, true, false);
    assertThat(world.agent().turns().get(2).sessionId())
        .isEqualTo(world.agent().turns().get(1).sessionId());
    assertThat(world.callsOf("Lease")).as("the session is in this sandbox alone").isEqualTo(1);
  }

  @Test
  void isNoPartOfTheSessionThatAPersonGoesOnWith(TestWorkflowEnvironment environment) {
    TestFleet fleet = TestFleet.start(environment, world);
    fleet.startReview(Inputs.review(Inputs.verifying(HIGH))).getResult(RepositoryEnded.class);

    RepositoryEnded ended =
        fleet
            .startReview(Inputs.review(Inputs.verifying(HIGH)).withFollowUp("store:more"))
            .getResult(RepositoryEnded.class);

    assertThat(ended.status()).isEqualTo(RepositoryStatus.COMPLETE);
    assertPrompts(PromptKind.REVIEW, PromptKind.VERIFY, PromptKind.FOLLOW_UP);
    TurnInput more = world.agent().turns().get(2);
    assertThat(more.turn()).isEqualTo(2);
    assertThat(more.sessionId()).isEqualTo(world.agent().turns().get(0).sessionId());
    assertThat(more.basis()).isEqualTo(new TurnBasis(0, 0, null, true));
    assertThat(world.callsOf("JudgeVerdicts")).isEqualTo(1);
  }
}
