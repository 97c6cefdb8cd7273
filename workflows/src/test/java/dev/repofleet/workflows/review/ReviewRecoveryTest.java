package dev.repofleet.workflows.review;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.RepositoryStatus;
import dev.repofleet.workflows.UsageTotals;
import dev.repofleet.workflows.activities.agent.PromptKind;
import dev.repofleet.workflows.activities.agent.RunLoss;
import dev.repofleet.workflows.activities.agent.TurnBasis;
import dev.repofleet.workflows.activities.agent.TurnInput;
import dev.repofleet.workflows.activities.sandbox.PrepareInput;
import dev.repofleet.workflows.activities.sandbox.PrepareOutcome.Restored;
import dev.repofleet.workflows.activities.sandbox.ReleaseInput;
import dev.repofleet.workflows.order.PlanOutline;
import dev.repofleet.workflows.progress.RepositoryEnded;
import dev.repofleet.workflows.testing.FakeAgent;
import dev.repofleet.workflows.testing.FakeWorld;
import dev.repofleet.workflows.testing.Inputs;
import dev.repofleet.workflows.testing.TestFleet;
import io.temporal.client.WorkflowStub;
import io.temporal.failure.ApplicationFailure;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.testing.TestWorkflowExtension;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a review does when its sandbox, its provider or its batch goes away. */
@Timeout(600)
class ReviewRecoveryTest {

  @RegisterExtension
  static final TestWorkflowExtension TEMPORAL =
      TestWorkflowExtension.newBuilder().setDoNotStart(true).build();

  private final FakeWorld world = new FakeWorld();

  private RepositoryEnded review(TestWorkflowEnvironment environment, PlanOutline outline) {
    return TestFleet.start(environment, world)
        .startReview(Inputs.review(outline))
        .getResult(RepositoryEnded.class);
  }

  /** The first {@code times} attempts of an activity find their sandbox gone. */
  private void losing(String activity, int times) {
    AtomicInteger left = new AtomicInteger(times);
    world.during(
        activity,
        () -> {
          if (left.getAndDecrement() > 0) {
            world.sandboxes().loseAll();
          }
        });
  }

  @Test
  void goesOnInAnotherSandboxWhenOneIsLostUnderTheAgent(TestWorkflowEnvironment environment) {
    losing("Run", 1);

    RepositoryEnded ended = review(environment, Inputs.outline("always"));

    assertThat(ended.status()).isEqualTo(RepositoryStatus.COMPLETE);
    assertThat(world.agent().turns()).extracting(TurnInput::turn).containsExactly(0, 1);
    assertThat(world.agent().turns()).extracting(TurnInput::sandboxId).containsOnly("sandbox-1");
    assertThat(world.agent().turns().get(0).basis()).isEqualTo(new TurnBasis(1, null, null, false));
    assertThat(world.sandboxes().preparations())
        .extracting(PrepareInput::incarnation)
        .as("the process that was lost is not started again")
        .containsExactly(0, 1);
    assertThat(world.sandboxes().releases())
        .extracting(ReleaseInput::leaseId)
        .doesNotHaveDuplicates();
    assertThat(world.sandboxes().ids()).isEmpty();
  }

  @Test
  void countsWhatALostProcessUsedAndGivesTheNextOneTheRest(TestWorkflowEnvironment environment) {
    losing("Run", 1);

    RepositoryEnded ended = review(environment, Inputs.outline());

    assertThat(world.agent().turns().get(0).budgetUsd()).isEqualTo(1.9);
    assertThat(world.agent().turns().get(0).turns()).isEqualTo(77);
    assertThat(world.agent().turns().get(0).time()).isEqualTo(Duration.ofMinutes(44));
    assertThat(ended.usage().costUsd()).isEqualTo(0.35);
    assertThat(ended.usage().costSource()).isEqualTo(UsageTotals.CostSource.ESTIMATED);
    assertThat(world.report().lost()).isEqualTo(FakeAgent.LOST);
    assertThat(world.report().sandboxes()).isEqualTo(2);
  }

  @Test
  void countsWhatATurnUsedThatIsSetAside(TestWorkflowEnvironment environment) {
    world.during(
        "Run",
        () -> {
          throw ApplicationFailure.newNonRetryableFailure(
              "it is set aside",
              Cause.QUARANTINED.code(),
              new RunLoss(9, 3, FakeAgent.LOST, 60_000));
        });

    RepositoryEnded ended = review(environment, Inputs.outline());

    assertThat(ended.status()).isEqualTo(RepositoryStatus.FAILED);
    assertThat(ended.usage()).isEqualTo(FakeAgent.LOST);
    assertThat(world.report().lost()).isEqualTo(FakeAgent.LOST);
  }

  @Test
  void takesATurnUpFromItsCheckpoint(TestWorkflowEnvironment environment) {
    AtomicInteger runs = new AtomicInteger();
    world.during(
        "Run",
        () -> {
          if (runs.incrementAndGet() == 2) {
            world.agent().saveInTheMiddleOf(follower(1));
            world.sandboxes().loseAll();
          }
        });

    RepositoryEnded ended = review(environment, Inputs.outline("always"));

    assertThat(ended.status()).isEqualTo(RepositoryStatus.COMPLETE);
    assertThat(world.agent().turns()).extracting(TurnInput::turn).containsExactly(0, 1);
    assertThat(world.agent().turns().get(1).basis()).isEqualTo(new TurnBasis(1, 0, 1_000L, true));
  }

  private TurnInput follower(int turn) {
    TurnInput first = world.agent().turns().get(0);
    return new TurnInput(
        first.batch(),
        first.key(),
        first.sandboxId(),
        first.fence(),
        first.generation(),
        turn,
        first.sessionId(),
        first.prompt(),
        0,
        first.commit(),
        null,
        first.agent(),
        first.plan(),
        1,
        1,
        first.time(),
        first.checkpointEvery(),
        null,
        null,
        false,
        null,
        null,
        null);
  }

  @ParameterizedTest
  @ValueSource(strings = {"Clone", "Prepare", "Review", "Diff"})
  void doesAStepAgainWhoseSandboxWasLost(String activity, TestWorkflowEnvironment environment) {
    losing(activity, 1);

    RepositoryEnded ended = review(environment, Inputs.outline());

    assertThat(ended.status()).isEqualTo(RepositoryStatus.COMPLETE);
    assertThat(world.report().turns()).as("the agent ran once").hasSize(1);
    assertThat(world.callsOf("Lease")).isEqualTo(2);
    assertThat(world.sandboxes().ids()).isEmpty();
  }

  /** The first {@code times} attempts of an activity meet an outage. */
  private void away(String activity, int times) {
    AtomicInteger left = new AtomicInteger(times);
    world.during(
        activity,
        () -> {
          if (left.getAndDecrement() > 0) {
            throw ApplicationFailure.newFailure("no answer", Cause.SANDBOX_UNREACHABLE.code());
          }
        });
  }

  @ParameterizedTest
  @CsvSource({"Review,25,1", "Diff,15,1", "Diff,35,4"})
  void whatIsPaidForOutlastsAnOutage(
      String activity, int attempts, int leases, TestWorkflowEnvironment environment) {
    away(activity, attempts);

    RepositoryEnded ended = review(environment, Inputs.outline());

    assertThat(ended.status()).isEqualTo(RepositoryStatus.COMPLETE);
    assertThat(world.report().turns()).as("the agent ran once").hasSize(1);
    assertThat(world.report().diff()).isNotNull();
    assertThat(world.callsOf("Lease")).as("rebuilt after some minutes").isEqualTo(leases);
    assertThat(world.sandboxes().ids()).isEmpty();
  }

  @Test
  void aResultWaitsForTheStoreThatTakesIt(TestWorkflowEnvironment environment) {
    storeAway(45);

    RepositoryEnded ended = review(environment, Inputs.outline());

    assertThat(ended.status()).isEqualTo(RepositoryStatus.COMPLETE);
    assertThat(world.report().turns()).hasSize(1);
    assertThat(world.sandboxes().ids()).as("none waits with it").isEmpty();
  }

  @Test
  void aStoreThatIsAwayForHoursEndsTheReviewWithoutAResult(TestWorkflowEnvironment environment) {
    storeAway(Integer.MAX_VALUE);

    RepositoryEnded ended = review(environment, Inputs.outline());

    assertThat(ended.status()).isEqualTo(RepositoryStatus.PARTIAL);
    assertThat(world.reports()).isEmpty();
  }

  @Test
  void whatCostNothingDoesNotWaitForTheStore(TestWorkflowEnvironment environment) {
    world.failingForGood("Resolve", Cause.GIT_NOT_FOUND.code());
    storeAway(Integer.MAX_VALUE);

    review(environment, Inputs.outline());

    assertThat(world.callsOf("WriteReport")).isEqualTo(20);
  }

  /** For so many attempts at the report. */
  private void storeAway(int attempts) {
    AtomicInteger left = new AtomicInteger(attempts);
    world.during(
        "WriteReport",
        () -> {
          if (left.getAndDecrement() > 0) {
            throw ApplicationFailure.newFailure(
                "the store is away", "dev.repofleet.artifacts.ArtifactException");
          }
        });
  }

  @ParameterizedTest
  @CsvSource({"Run,Lease", "Run,Clone", "Diff,Lease", "Diff,Clone", "Diff,Prepare"})
  void aSandboxThatTakesALostOnesPlaceIsWaitedForToo(
      String losing, String activity, TestWorkflowEnvironment environment) {
    losing(losing, 1);
    AtomicInteger calls = new AtomicInteger();
    world.during(
        activity,
        () -> {
          int call = calls.incrementAndGet();
          if (call > 1 && call < 14) {
            throw ApplicationFailure.newFailure("no answer", Cause.GIT_TRANSIENT.code());
          }
        });

    RepositoryEnded ended = review(environment, Inputs.outline());

    assertThat(ended.status()).isEqualTo(RepositoryStatus.COMPLETE);
    assertThat(world.report().turns()).as("the agent ran once").hasSize(1);
    assertThat(world.sandboxes().ids()).isEmpty();
  }

  @Test
  void anOutageOfHoursEndsTheReviewWithWhatThereIs(TestWorkflowEnvironment environment) {
    away("Diff", Integer.MAX_VALUE);

    RepositoryEnded ended = review(environment, Inputs.outline());

    assertThat(ended.status()).isEqualTo(RepositoryStatus.PARTIAL);
    assertThat(ended.cause()).isEqualTo(Cause.SANDBOX_UNREACHABLE);
    assertThat(world.callsOf("Diff")).as("16 waits of 2 h in all, 5 attempts each").isEqualTo(85);
    assertThat(world.sandboxes().ids()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"Clone", "Lease"})
  void whatCostsNothingIsNotWaitedForSoLong(String activity, TestWorkflowEnvironment environment) {
    away(activity, 35);

    RepositoryEnded ended = review(environment, Inputs.outline());

    assertThat(ended.status()).isEqualTo(RepositoryStatus.FAILED);
    assertThat(ended.cause()).isEqualTo(Cause.SANDBOX_UNREACHABLE);
  }

  @Test
  void whatIsWrongInTheSandboxIsNoOutage(TestWorkflowEnvironment environment) {
    world.during(
        "Diff",
        () -> {
          throw ApplicationFailure.newFailure("exit 1", Cause.INTERNAL.code());
        });

    RepositoryEnded ended = review(environment, Inputs.outline());

    assertThat(ended.status()).isEqualTo(RepositoryStatus.PARTIAL);
    assertThat(world.callsOf("Diff")).isEqualTo(5);
  }

  @Test
  void saysSoWhenNoCheckpointHasWhatTheAgentChanged(TestWorkflowEnvironment environment) {
    world.agent().savingNothing();
    losing("Diff", 1);

    RepositoryEnded ended = review(environment, Inputs.outline());

    assertThat(ended.status()).isEqualTo(RepositoryStatus.PARTIAL);
    assertThat(ended.cause()).isEqualTo(Cause.SANDBOX_LOST);
    assertThat(world.report().message()).contains("no checkpoint has it");
    assertThat(world.report().diff()).isNull();
    assertThat(world.sandboxes().ids()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"Run", "Clone"})
  void givesUpARepositoryThatTakesItsSandboxesDown(
      String activity, TestWorkflowEnvironment environment) {
    losing(activity, 99);

    RepositoryEnded ended = review(environment, Inputs.outline());

    assertThat(ended.status()).isEqualTo(RepositoryStatus.FAILED);
    assertThat(ended.cause()).isEqualTo(Cause.SANDBOX_LOST);
    assertThat(world.callsOf("Lease")).isEqualTo(6);
    assertThat(world.sandboxes().ids()).isEmpty();
  }

  @Test
  void waitsForTheProviderAndGoesOnInTheSession(TestWorkflowEnvironment environment) {
    world.agent().limiting(PromptKind.REVIEW, 2);
    long before = environment.currentTimeMillis();

    RepositoryEnded ended = review(environment, Inputs.outline());

    assertThat(ended.status()).isEqualTo(RepositoryStatus.COMPLETE);
    assertThat(ended.cause()).isNull();
    assertThat(world.agent().turns()).extracting(TurnInput::turn).containsExactly(0, 1, 2);
    assertThat(world.agent().turns()).extracting(TurnInput::prompt).containsOnly(PromptKind.REVIEW);
    assertThat(world.agent().turns())
        .extracting(TurnInput::goOn)
        .containsExactly(false, true, true);
    assertThat(environment.currentTimeMillis() - before).isGreaterThanOrEqualTo(120_000);
    assertThat(ended.usage().costUsd()).as("all of them are paid for").isEqualTo(0.75);
  }

  @Test
  void doesNotWaitForTheProviderForEver(TestWorkflowEnvironment environment) {
    world.agent().limiting(PromptKind.REVIEW, 1_000);

    RepositoryEnded ended = review(environment, Inputs.outline(1_000, 10_000));

    assertThat(ended.status()).isEqualTo(RepositoryStatus.FAILED);
    assertThat(ended.cause()).isEqualTo(Cause.MODEL_RATE_LIMITED);
    assertThat(world.agent().turns()).hasSizeBetween(40, 60);
    assertThat(world.sandboxes().pauses())
        .as("waits cost no sandbox")
        .hasSize(world.agent().turns().size() - 1);
  }

  @Test
  void goesOnAFewTimesWithAnAgentThatWasKilled(TestWorkflowEnvironment environment) {
    world.agent().endingTurns(PromptKind.REVIEW, Cause.AGENT_CRASHED);

    RepositoryEnded ended = review(environment, Inputs.outline());

    assertThat(world.agent().turns())
        .extracting(TurnInput::goOn)
        .containsExactly(false, true, true);
    assertThat(ended.status()).isEqualTo(RepositoryStatus.FAILED);
    assertThat(ended.cause()).isEqualTo(Cause.AGENT_CRASHED);
    assertThat(ended.usage().costUsd()).isEqualTo(0.75);
  }

  @Test
  void bringsInWhatAStoppedTurnLeft(TestWorkflowEnvironment environment) {
    world.agent().endingTurns(PromptKind.REVIEW, Cause.AGENT_TIMEOUT);

    review(environment, Inputs.outline());

    assertThat(world.agent().turns())
        .extracting(TurnInput::ending)
        .as("followed, stopped, harvested")
        .containsExactly(null, Cause.AGENT_TIMEOUT);
    assertThat(world.calls()).containsSubsequence("Run", "Stop", "Run", "Diff", "Release");
  }

  @Test
  void countsWhatAStoppedTurnUsedWhoseSandboxIsLostBeforeItIsBroughtIn(
      TestWorkflowEnvironment environment) {
    world.agent().endingTurns(PromptKind.REVIEW, Cause.AGENT_TIMEOUT);
    AtomicInteger runs = new AtomicInteger();
    world.during(
        "Run",
        () -> {
          if (runs.incrementAndGet() == 2) {
            world.sandboxes().loseAll();
            throw ApplicationFailure.newNonRetryableFailure(
                "it is gone", Cause.SANDBOX_LOST.code(), RunLoss.NONE);
          }
        });

    RepositoryEnded ended = review(environment, Inputs.outline());

    TurnInput again = world.agent().turns().get(1);
    assertThat(again.ending()).isNull();
    assertThat(again.budgetUsd()).isEqualTo(1.9);
    assertThat(again.turns()).isEqualTo(77);
    assertThat(again.basis()).isEqualTo(new TurnBasis(1, null, null, false));
    assertThat(ended.usage().costUsd()).isEqualTo(0.35);
    assertThat(world.report().lost()).isEqualTo(FakeAgent.LOST);
  }

  @Test
  void aProcessThatWasLostIsNotRunAgainAfterALossThatSawNone(TestWorkflowEnvironment environment) {
    AtomicInteger runs = new AtomicInteger();
    world.during(
        "Run",
        () -> {
          int run = runs.incrementAndGet();
          if (run <= 2) {
            world.sandboxes().loseAll();
          }
          if (run == 2) {
            throw ApplicationFailure.newNonRetryableFailure(
                "it is gone", Cause.SANDBOX_LOST.code(), RunLoss.NONE);
          }
        });

    RepositoryEnded ended = review(environment, Inputs.outline());

    countsWhatWasLostBesideTheTurn(ended);
  }

  @Test
  void aProcessThatWasLostIsNotRunAgainAfterALossInAPause(TestWorkflowEnvironment environment) {
    TestFleet fleet = TestFleet.start(environment, world);
    losing("Run", 1);
    world.during(
        "Prepare",
        () -> {
          if (world.callsOf("Prepare") == 2) {
            fleet.review().paused(new ReviewPaused(true, 1));
          }
        });
    world.during("Wake", world.sandboxes()::loseAll);
    WorkflowStub review = fleet.startReview(Inputs.review(Inputs.outline()));
    TestFleet.await("its next sandbox is paused", () -> world.callsOf("Pause") == 1);
    fleet.review().paused(new ReviewPaused(false, 2));

    countsWhatWasLostBesideTheTurn(review.getResult(RepositoryEnded.class));
  }

  private void countsWhatWasLostBesideTheTurn(RepositoryEnded ended) {
    assertThat(world.sandboxes().preparations())
        .extracting(PrepareInput::incarnation)
        .containsExactly(0, 1, 1);
    assertThat(world.agent().turns().get(0).basis()).isEqualTo(new TurnBasis(1, null, null, false));
    assertThat(world.report().lost()).isEqualTo(FakeAgent.LOST);
    assertThat(ended.usage().costUsd()).isEqualTo(0.35);
  }

  @ParameterizedTest
  @EnumSource(
      value = PromptKind.class,
      names = {"REVIEW", "FOLLOW_UP"})
  void spendsNothingMoreForABatchThatWasTerminated(
      PromptKind last, TestWorkflowEnvironment environment) {
    String reason = "batch nightly was terminated";
    world.during(
        last == PromptKind.REVIEW ? "Prepare" : "Review", () -> world.closingTheGate(reason));

    RepositoryEnded ended = review(environment, Inputs.outline("always"));

    assertThat(ended.status()).isEqualTo(RepositoryStatus.CANCELLED);
    assertThat(ended.cause()).isEqualTo(Cause.CANCELLED);
    assertThat(world.report().message()).isEqualTo(reason);
    assertThat(world.agent().turns()).hasSize(last == PromptKind.REVIEW ? 0 : 1);
    assertThat(world.sandboxes().ids()).isEmpty();
  }

  @Test
  void asksForNoSandboxBehindAClosedGate(TestWorkflowEnvironment environment) {
    world.closingTheGate("batch nightly has failed");

    RepositoryEnded ended = review(environment, Inputs.outline());

    assertThat(world.calls()).containsExactly("Resolve", "Gate", "WriteReport");
    assertThat(ended.status()).isEqualTo(RepositoryStatus.CANCELLED);
  }

  @Test
  void carriesTheStoresIdentityToWhateverWritesThere(TestWorkflowEnvironment environment) {
    TestFleet.start(environment, world)
        .startBatch(Inputs.batch(1, 1))
        .getResult(dev.repofleet.workflows.batch.BatchOutcome.class);

    String storeId = Inputs.batch(1, 1).storeId();
    assertThat(world.agent().turns()).extracting(TurnInput::storeId).containsOnly(storeId);
    assertThat(world.sandboxes().preparations())
        .extracting(PrepareInput::storeId)
        .containsOnly(storeId);
  }

  /** Also where the sandbox was opened for a turn before it. */
  @Test
  void aTurnThatAsksSomethingElseThanTheOneThatWasCutShortTakesNothingOfItsTalk(
      TestWorkflowEnvironment environment) {
    world.agent().cutShortBefore(Inputs.key(0), 1, "follow_up@a-persons");
    TestFleet.start(environment, world)
        .startReview(Inputs.review(Inputs.outline("always")))
        .getResult(RepositoryEnded.class);
    assertThat(world.agent().turns().get(1).basis()).isEqualTo(new TurnBasis(1, 0, 1_500L, false));

    assertThat(new Restored("c", 1, 0, false, 1_000, "follow_up.0", 1_500L))
        .returns(1_000L, restored -> restored.transcriptBefore("follow_up.0"))
        .returns(1_000L, restored -> restored.transcriptBefore(null))
        .returns(1_500L, restored -> restored.transcriptBefore("follow_up.1"));
  }
}
