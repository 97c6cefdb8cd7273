package dev.repofleet.workflows.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.SeverityCounts;
import dev.repofleet.workflows.activities.batch.TargetPageRequest;
import dev.repofleet.workflows.activities.git.EarlierResult;
import dev.repofleet.workflows.activities.git.Incremental;
import dev.repofleet.workflows.testing.FakeWorld;
import dev.repofleet.workflows.testing.Inputs;
import dev.repofleet.workflows.testing.TestFleet;
import io.temporal.client.WorkflowFailedException;
import io.temporal.client.WorkflowStub;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.testing.TestWorkflowExtension;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(600)
class BatchEstimateWorkflowTest {
  @RegisterExtension
  static final TestWorkflowExtension TEMPORAL =
      TestWorkflowExtension.newBuilder().setDoNotStart(true).build();

  private final FakeWorld world = new FakeWorld();

  private BatchEstimateOutcome look(TestWorkflowEnvironment environment, int targets) {
    return estimate(environment, targets).getResult(BatchEstimateOutcome.class);
  }

  private WorkflowStub estimate(TestWorkflowEnvironment environment, int targets) {
    return TestFleet.start(environment, world).startEstimate(Inputs.estimate(targets));
  }

  @Test
  void everyTargetIsLookedAtOnceAndNothingBegins(TestWorkflowEnvironment environment) {
    List<TargetLook> seen = look(environment, 205).targets();

    assertThat(seen).extracting(TargetLook::index).isSorted().hasSize(205).doesNotHaveDuplicates();
    assertThat(seen)
        .allSatisfy(
            target -> {
              assertThat(target.commit()).isEqualTo(FakeWorld.COMMIT);
              assertThat(target.unchangedSince()).isNull();
            });
    assertThat(world.callsOf("Resolve")).isEqualTo(205);
    assertThat(world.pages()).extracting(TargetPageRequest::offset).containsExactly(0, 100, 200);
    assertThat(Set.copyOf(world.calls())).containsOnly("CheckWorker", "ReadTargets", "Resolve");
  }

  @Test
  void whatIsUnchangedNamesTheBatchItStandsOn(TestWorkflowEnvironment environment) {
    world.reviewedBefore(
        new EarlierResult("monday", "repo-9", "store:objects/9", SeverityCounts.NONE));

    assertThat(look(environment, 2).targets())
        .extracting(TargetLook::unchangedSince)
        .containsExactly("monday", "monday");
  }

  @Test
  void whatIsComparedWithAnEarlierCommitSaysSo(TestWorkflowEnvironment environment) {
    world.reviewedUpTo(Incremental.since("b".repeat(40), "monday", "repo-9"));

    assertThat(look(environment, 1).targets())
        .extracting(TargetLook::base)
        .containsExactly("b".repeat(40));
  }

  @Test
  void whatIsReviewedInFullAllTheSameHasNoBase(TestWorkflowEnvironment environment) {
    world.reviewedUpTo(
        Incremental.since("b".repeat(40), "monday", "repo-9")
            .fallingBack(Incremental.Fallback.NOT_WANTED));

    assertThat(look(environment, 1).targets()).extracting(TargetLook::base).containsOnlyNulls();
  }

  @Test
  void targetsThatWouldFailArePartOfTheOutcome(TestWorkflowEnvironment environment) {
    world.failingForGood("Resolve", Cause.GIT_NOT_FOUND.code());

    assertThat(look(environment, 3).targets())
        .hasSize(3)
        .allSatisfy(
            target -> {
              assertThat(target.cause()).isEqualTo(Cause.GIT_NOT_FOUND);
              assertThat(target.problem()).isNotBlank();
              assertThat(target.commit()).isNull();
            });
    assertThat(world.callsOf("Resolve")).isEqualTo(3);
  }

  @Test
  void aHostThatDoesNotAnswerIsAskedThreeTimes(TestWorkflowEnvironment environment) {
    world.failing("Resolve", 3, Cause.GIT_TRANSIENT);

    assertThat(look(environment, 1).targets())
        .extracting(TargetLook::cause)
        .containsExactly(Cause.GIT_TRANSIENT);
    assertThat(world.callsOf("Resolve")).isEqualTo(3);
  }

  @Test
  void whereABatchWouldNotBeginNothingIsAsked(TestWorkflowEnvironment environment) {
    world.failingForGood("CheckWorker", "no_model");
    WorkflowStub estimate = estimate(environment, 1);

    assertThatThrownBy(() -> estimate.getResult(BatchEstimateOutcome.class))
        .isInstanceOf(WorkflowFailedException.class)
        .hasStackTraceContaining("no_model");
    assertThat(world.calls()).doesNotContain("Resolve");
  }
}
