package dev.repofleet.workflows.review;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.RepositoryStatus;
import dev.repofleet.workflows.SessionId;
import dev.repofleet.workflows.SeverityCounts;
import dev.repofleet.workflows.Stage;
import dev.repofleet.workflows.activities.agent.PromptFacts;
import dev.repofleet.workflows.activities.agent.PromptKind;
import dev.repofleet.workflows.activities.agent.TurnInput;
import dev.repofleet.workflows.activities.report.RepositoryReport;
import dev.repofleet.workflows.activities.review.ReviewOutcome.Verdict;
import dev.repofleet.workflows.activities.sandbox.ReleaseInput;
import dev.repofleet.workflows.order.PlanOutline;
import dev.repofleet.workflows.progress.RepositoryEnded;
import dev.repofleet.workflows.testing.FakeWorld;
import dev.repofleet.workflows.testing.Inputs;
import dev.repofleet.workflows.testing.TestFleet;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.testing.TestWorkflowExtension;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(600)
class RepositoryReviewWorkflowTest {
  @RegisterExtension
  static final TestWorkflowExtension TEMPORAL =
      TestWorkflowExtension.newBuilder().setDoNotStart(true).build();

  private final FakeWorld world = new FakeWorld();

  private RepositoryEnded review(TestWorkflowEnvironment environment, PlanOutline outline) {
    return TestFleet.start(environment, world)
        .startReview(Inputs.review(outline))
        .getResult(RepositoryEnded.class);
  }

  @Test
  void goesThroughItsStepsInOrderAndReleasesTheSandbox(TestWorkflowEnvironment environment) {
    RepositoryEnded ended = review(environment, Inputs.outline());

    assertThat(world.calls())
        .containsExactly(
            "Resolve",
            "Gate",
            "Lease",
            "Clone",
            "Prepare",
            "Gate",
            "Run",
            "Review",
            "Diff",
            "Release",
            "WriteReport");
    assertThat(ended.status()).isEqualTo(RepositoryStatus.COMPLETE);
    assertThat(ended.cause()).isNull();
    assertThat(ended.findings()).isEqualTo(new SeverityCounts(0, 1, 2, 0, 0));
    assertThat(ended.usage().costUsd()).isEqualTo(0.25);
    assertThat(world.sandboxes().ids()).isEmpty();
  }

  @Test
  void reportsAllItKnows(TestWorkflowEnvironment environment) {
    review(environment, Inputs.outline());

    RepositoryReport report = world.report();
    assertThat(report.status()).isEqualTo(RepositoryStatus.COMPLETE);
    assertThat(report.message()).isNull();
    assertThat(report.resolved()).isNotNull();
    assertThat(report.cloned()).isNotNull();
    assertThat(report.outcome()).isNotNull();
    assertThat(report.diff()).isNotNull();
    assertThat(report.agentVersion()).isEqualTo("rehearsal 1");
    assertThat(report.turns()).hasSize(1);
    assertThat(report.sessionId()).isEqualTo(SessionId.of(TestFleet.REVIEW_ID, 0).toString());
    assertThat(report.stepMilliseconds())
        .containsKeys("resolve", "lease", "clone", "prepare", "run", "review", "diff", "release");
    assertThat(report.endedAt()).isGreaterThanOrEqualTo(report.startedAt());
  }

  @Test
  void givesOneLeaseItsIdAndOneFenceToEveryStep(TestWorkflowEnvironment environment) {
    review(environment, Inputs.outline("always"));

    assertThat(world.sandboxes().releases())
        .singleElement()
        .extracting(ReleaseInput::sandboxId)
        .isNotNull();
    assertThat(world.sandboxes().releases().get(0).leaseId()).startsWith(TestFleet.REVIEW_ID + ":");
    assertThat(world.agent().turns()).extracting(TurnInput::fence).hasSize(2).containsOnly(fence());
    assertThat(fence()).matches("[0-9a-f]{32}");
  }

  private String fence() {
    return world.agent().turns().get(0).fence();
  }

  @Test
  void followsUpInTheSameSessionWithWhatIsLeft(TestWorkflowEnvironment environment) {
    RepositoryEnded ended = review(environment, Inputs.outline("findings.high > 0", "always"));

    assertThat(world.agent().turns())
        .extracting(TurnInput::prompt)
        .containsExactly(PromptKind.REVIEW, PromptKind.FOLLOW_UP, PromptKind.FOLLOW_UP);
    assertThat(world.agent().turns()).extracting(TurnInput::turn).containsExactly(0, 1, 2);
    assertThat(world.agent().turns()).extracting(TurnInput::followUp).containsExactly(0, 0, 1);
    assertThat(world.agent().turns())
        .extracting(TurnInput::sessionId)
        .containsOnly(world.report().sessionId());
    assertThat(world.agent().turns())
        .extracting(TurnInput::budgetUsd)
        .containsExactly(2.0, 1.75, 1.5);
    assertThat(world.agent().turns()).extracting(TurnInput::turns).containsExactly(80, 70, 60);
    assertThat(ended.usage().costUsd()).isEqualTo(0.75);
  }

  @Test
  void tellsEachTurnTheFactsThatArePinnedByThen(TestWorkflowEnvironment environment) {
    review(environment, Inputs.outline("always"));

    PromptFacts before = Objects.requireNonNull(world.agent().turns().get(0).facts());
    assertThat(before.repository()).isEqualTo("acme/repo-0");
    assertThat(before.languages()).containsExactly("Java");
    assertThat(before.languagePercents()).containsExactly(100);
    assertThat(before.files()).isEqualTo(3);
    assertThat(before.findings()).isEqualTo(SeverityCounts.NONE);
    PromptFacts after = Objects.requireNonNull(world.agent().turns().get(1).facts());
    assertThat(after.findings().total()).isEqualTo(3);
    assertThat(after.bytes()).isEqualTo(before.bytes());
  }

  @Test
  void leavesOutFollowUpsWhoseConditionDoesNotHold(TestWorkflowEnvironment environment) {
    review(environment, Inputs.outline("findings.critical > 0", "findings == 3", "never"));

    assertThat(world.agent().turns()).extracting(TurnInput::followUp).containsExactly(0, 1);
    assertThat(world.report().status()).isEqualTo(RepositoryStatus.COMPLETE);
  }

  @ParameterizedTest
  @CsvSource({"0.5, 80, BUDGET_EXHAUSTED", "2.0, 20, TURNS_EXHAUSTED"})
  void startsNoFollowUpWithNothingLeft(
      double budgetUsd, int turns, Cause cause, TestWorkflowEnvironment environment) {
    RepositoryEnded ended =
        review(environment, Inputs.outline(budgetUsd, turns, "always", "always", "always"));

    assertThat(world.agent().turns()).hasSize(2);
    assertThat(ended.status()).isEqualTo(RepositoryStatus.PARTIAL);
    assertThat(ended.cause()).isEqualTo(cause);
    assertThat(ended.findings().total()).isEqualTo(3);
    assertThat(world.callsOf("Diff")).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"MISSING", "INVALID"})
  void repairsAnAnswerOnce(Verdict first, TestWorkflowEnvironment environment) {
    world.agent().answering(PromptKind.REVIEW, first);

    RepositoryEnded ended = review(environment, Inputs.outline());

    assertThat(world.agent().turns())
        .extracting(TurnInput::prompt)
        .containsExactly(PromptKind.REVIEW, PromptKind.REPAIR);
    assertThat(ended.status()).isEqualTo(RepositoryStatus.COMPLETE);
    assertThat(ended.findings().total()).isEqualTo(3);
  }

  @ParameterizedTest
  @ValueSource(strings = {"MISSING", "INVALID"})
  void isUnstructuredWhenTheRepairIsNoBetter(Verdict verdict, TestWorkflowEnvironment environment) {
    world.agent().answering(PromptKind.REVIEW, Verdict.INVALID);
    world.agent().answering(PromptKind.REPAIR, verdict);

    RepositoryEnded ended = review(environment, Inputs.outline());

    assertThat(world.agent().turns()).hasSize(2);
    assertThat(ended.status()).isEqualTo(RepositoryStatus.UNSTRUCTURED);
    assertThat(ended.cause()).isEqualTo(Cause.SCHEMA_INVALID);
    assertThat(ended.findings().total()).isZero();
    assertThat(world.callsOf("Diff")).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({
    "TURNS_EXHAUSTED, PARTIAL",
    "BUDGET_EXHAUSTED, PARTIAL",
    "AGENT_TIMEOUT, PARTIAL",
    "AGENT_REFUSED, FAILED"
  })
  void endsByTheCauseOfATurnThatEndedBadly(
      Cause cause, RepositoryStatus status, TestWorkflowEnvironment environment) {
    world.agent().endingTurns(PromptKind.REVIEW, cause);

    RepositoryEnded ended = review(environment, Inputs.outline("always"));

    assertThat(ended.status()).isEqualTo(status);
    assertThat(ended.cause()).isEqualTo(cause);
    assertThat(ended.usage().costUsd()).isEqualTo(0.25);
    assertThat(world.agent().turns())
        .as("neither repair nor follow-up")
        .extracting(TurnInput::turn)
        .containsOnly(0);
    assertThat(world.stops()).hasSize(cause == Cause.AGENT_TIMEOUT ? 1 : 0);
    assertThat(world.callsOf("Diff")).as("changes so far are kept").isEqualTo(1);
    assertThat(world.report().message()).isEqualTo(cause.sentence());
  }

  @Test
  void keepsTheFindingsWhenAFollowUpEndsBadly(TestWorkflowEnvironment environment) {
    world.agent().endingTurns(PromptKind.FOLLOW_UP, Cause.AGENT_TIMEOUT);

    RepositoryEnded ended = review(environment, Inputs.outline("always", "always"));

    assertThat(world.report().turns()).hasSize(2);
    assertThat(world.stops())
        .singleElement()
        .satisfies(stop -> assertThat(stop.turn()).isEqualTo(1));
    assertThat(ended.status()).isEqualTo(RepositoryStatus.PARTIAL);
    assertThat(ended.findings().total()).isEqualTo(3);
  }

  @ParameterizedTest
  @ValueSource(strings = {"GIT_NOT_FOUND", "GIT_AUTH", "REPOSITORY_EMPTY"})
  void asksForNoSandboxWhenTheCommitCannotBeFound(
      Cause cause, TestWorkflowEnvironment environment) {
    world.failingForGood("Resolve", cause.code());

    RepositoryEnded ended = review(environment, Inputs.outline());

    assertThat(world.calls()).containsExactly("Resolve", "WriteReport");
    assertThat(ended.status()).isEqualTo(RepositoryStatus.FAILED);
    assertThat(ended.cause()).isEqualTo(cause);
    assertThat(world.report().message()).isEqualTo("no hope in Resolve");
  }

  @Test
  void releasesByLeaseWhenTheSandboxesIdWasLost(TestWorkflowEnvironment environment) {
    world.losingTheAnswerOf("Lease");

    RepositoryEnded ended = review(environment, Inputs.outline());

    assertThat(world.sandboxes().releases())
        .singleElement()
        .extracting(ReleaseInput::sandboxId)
        .isNull();
    assertThat(world.sandboxes().ids()).isEmpty();
    assertThat(ended.status()).isEqualTo(RepositoryStatus.FAILED);
    assertThat(ended.cause()).isEqualTo(Cause.INTERNAL);
  }

  @Test
  void triesALeaseThatFailsTenTimes(TestWorkflowEnvironment environment) {
    world.failing("Lease", 99, Cause.SANDBOX_UNREACHABLE);

    RepositoryEnded ended = review(environment, Inputs.outline());

    assertThat(world.callsOf("Lease")).isEqualTo(10);
    assertThat(ended.status()).isEqualTo(RepositoryStatus.FAILED);
    assertThat(ended.cause()).isEqualTo(Cause.SANDBOX_UNREACHABLE);
    assertThat(world.pool().held()).isEmpty();
  }

  @Test
  void givesUpACloneAfterFiveAttempts(TestWorkflowEnvironment environment) {
    world.failing("Clone", 99, Cause.GIT_TRANSIENT);

    RepositoryEnded ended = review(environment, Inputs.outline());

    assertThat(world.callsOf("Clone")).isEqualTo(5);
    assertThat(ended.status()).isEqualTo(RepositoryStatus.FAILED);
    assertThat(ended.cause()).isEqualTo(Cause.GIT_TRANSIENT);
    assertThat(world.callsOf("Release")).isEqualTo(1);
    assertThat(world.sandboxes().ids()).isEmpty();
  }

  @Test
  void takesATurnUpAgainWhenItsFollowerDies(TestWorkflowEnvironment environment) {
    world.failing("Run", 12, Cause.INTERNAL);

    RepositoryEnded ended = review(environment, Inputs.outline());

    assertThat(world.callsOf("Run")).isEqualTo(13);
    assertThat(world.report().turns()).hasSize(1);
    assertThat(world.stops()).isEmpty();
    assertThat(ended.status()).isEqualTo(RepositoryStatus.COMPLETE);
  }

  @Test
  void stopsATurnThatCannotBeFollowedAnyMore(TestWorkflowEnvironment environment) {
    Cause cause = Cause.QUARANTINED;
    world.failingForGood("Run", cause.code());

    RepositoryEnded ended = review(environment, Inputs.outline());

    assertThat(world.calls())
        .containsExactly(
            "Resolve",
            "Gate",
            "Lease",
            "Clone",
            "Prepare",
            "Gate",
            "Run",
            "Stop",
            "Release",
            "WriteReport");
    assertThat(ended.status()).isEqualTo(RepositoryStatus.FAILED);
    assertThat(ended.cause()).isEqualTo(cause);
  }

  @Test
  void releasesAlsoWhenTheAgentCannotBeStopped(TestWorkflowEnvironment environment) {
    world.agent().endingTurns(PromptKind.REVIEW, Cause.AGENT_TIMEOUT);
    world.failingForGood("Stop", Cause.INTERNAL.code());

    RepositoryEnded ended = review(environment, Inputs.outline());

    assertThat(ended.status()).isEqualTo(RepositoryStatus.PARTIAL);
    assertThat(ended.cause()).isEqualTo(Cause.AGENT_TIMEOUT);
    assertThat(world.sandboxes().ids()).isEmpty();
  }

  @Test
  void keepsTheFindingsWhenTheDiffFails(TestWorkflowEnvironment environment) {
    world.failingForGood("Diff", Cause.INTERNAL.code());

    RepositoryEnded ended = review(environment, Inputs.outline());

    assertThat(ended.status()).isEqualTo(RepositoryStatus.PARTIAL);
    assertThat(ended.cause()).isEqualTo(Cause.INTERNAL);
    assertThat(ended.findings().total()).isEqualTo(3);
    assertThat(world.report().diff()).isNull();
    assertThat(world.report().outcome()).isNotNull();
  }

  @Test
  void isNoBetterThanPartialWithoutItsReport(TestWorkflowEnvironment environment) {
    world.failingForGood("WriteReport", Cause.INTERNAL.code());

    RepositoryEnded ended = review(environment, Inputs.outline());

    assertThat(ended.status()).isEqualTo(RepositoryStatus.PARTIAL);
    assertThat(ended.findings().total()).isEqualTo(3);
  }

  @Test
  void endsAsItWouldHaveWhenTheReleaseFails(TestWorkflowEnvironment environment) {
    world.failingForGood("Release", Cause.INTERNAL.code());

    assertThat(review(environment, Inputs.outline()).status()).isEqualTo(RepositoryStatus.COMPLETE);
  }

  @Test
  void tellsWhereItIsAtAnyTime(TestWorkflowEnvironment environment) {
    TestFleet fleet = TestFleet.start(environment, world);
    Map<String, RepositoryProgress> seen = new ConcurrentHashMap<>();
    List<String> steps = List.of("Resolve", "Lease", "Clone", "Prepare", "Run", "Review", "Diff");
    for (String step : steps) {
      world.during(step, () -> seen.put(step, fleet.review().progress()));
    }

    fleet.startReview(Inputs.review(Inputs.outline())).getResult(RepositoryEnded.class);

    for (String step : steps) {
      assertThat(seen.get(step)).isNotNull();
      assertThat(seen.get(step).stage())
          .isEqualTo(Stage.valueOf(step.toUpperCase(java.util.Locale.ROOT)));
      assertThat(seen.get(step).status()).isNull();
    }
    RepositoryProgress end = fleet.review().progress();
    assertThat(end.stage()).isEqualTo(Stage.DONE);
    assertThat(end.status()).isEqualTo(RepositoryStatus.COMPLETE);
    assertThat(end.costUsd()).isEqualTo(0.25);
  }
}
