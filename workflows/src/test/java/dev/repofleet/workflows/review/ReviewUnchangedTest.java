package dev.repofleet.workflows.review;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.workflows.RepositoryStatus;
import dev.repofleet.workflows.SeverityCounts;
import dev.repofleet.workflows.activities.git.EarlierResult;
import dev.repofleet.workflows.activities.report.RepositoryReport;
import dev.repofleet.workflows.batch.BatchOutcome;
import dev.repofleet.workflows.order.ReviewInput;
import dev.repofleet.workflows.progress.BatchStatus;
import dev.repofleet.workflows.progress.RepositoryEnded;
import dev.repofleet.workflows.testing.FakeWorld;
import dev.repofleet.workflows.testing.Inputs;
import dev.repofleet.workflows.testing.TestFleet;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.testing.TestWorkflowExtension;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A repository of which there is a result already that holds. */
@Timeout(600)
class ReviewUnchangedTest {
  private static final SeverityCounts FOUND = new SeverityCounts(0, 2, 0, 1, 0);

  @RegisterExtension
  static final TestWorkflowExtension TEMPORAL =
      TestWorkflowExtension.newBuilder().setDoNotStart(true).build();

  private final FakeWorld world = new FakeWorld();

  @BeforeEach
  void reviewBefore() {
    world.reviewedBefore(new EarlierResult("monday", "repo-9", "store:objects/9", FOUND));
  }

  private static ReviewInput input(int generation, boolean useCache) {
    ReviewInput review = Inputs.review(Inputs.outline());
    return new ReviewInput(
        1,
        review.fleet(),
        review.batch(),
        review.index(),
        review.key(),
        review.target(),
        review.plan(),
        review.outline(),
        review.agent(),
        generation,
        review.heartbeatTimeout(),
        review.checkpointEvery(),
        null,
        null,
        null,
        useCache);
  }

  @Test
  void endsOnceTheCommitIsKnownAndAsksNobodyForAnything(TestWorkflowEnvironment environment) {
    RepositoryEnded ended =
        TestFleet.start(environment, world)
            .startReview(input(0, true))
            .getResult(RepositoryEnded.class);

    assertThat(world.calls()).containsExactly("Resolve", "WriteReport");
    assertThat(world.pool().requests()).isEmpty();
    assertThat(ended.status()).isEqualTo(RepositoryStatus.SKIPPED_UNCHANGED);
    assertThat(ended.cause()).isNull();
    assertThat(ended.usage().costUsd()).isZero();
    assertThat(ended.findings()).isEqualTo(FOUND);
    RepositoryReport report = world.report();
    assertThat(report.sandboxes()).isZero();
    assertThat(report.unchanged()).isNotNull().extracting(EarlierResult::batch).isEqualTo("monday");
    assertThat(report.findings()).isEqualTo(FOUND);
  }

  @Test
  void isReviewedWhereNoEarlierResultIsWanted(TestWorkflowEnvironment environment) {
    RepositoryEnded ended =
        TestFleet.start(environment, world)
            .startReview(input(0, false))
            .getResult(RepositoryEnded.class);

    assertThat(ended.status()).isEqualTo(RepositoryStatus.COMPLETE);
    assertThat(world.callsOf("Run")).isEqualTo(1);
    assertThat(world.report().unchanged()).isNull();
  }

  @Test
  void isReviewedWhenAPersonAsksForItAgain(TestWorkflowEnvironment environment) {
    TestFleet fleet = TestFleet.start(environment, world);
    fleet.startReview(input(0, true)).getResult(RepositoryEnded.class);

    RepositoryEnded again = fleet.startReviewAgain(input(1, true)).getResult(RepositoryEnded.class);

    assertThat(again.status()).isEqualTo(RepositoryStatus.COMPLETE);
    assertThat(again.replaced()).as("what no longer counts").isEqualTo(FOUND);
    assertThat(world.callsOf("Run")).isEqualTo(1);
  }

  @Test
  void isReviewedWhenAPersonHasAskedItsAgentSomething(TestWorkflowEnvironment environment) {
    TestFleet fleet = TestFleet.start(environment, world);
    world.during("Resolve", () -> fleet.review().followUp(new FollowUpPrompt("store:mine")));

    RepositoryEnded ended = fleet.startReview(input(0, true)).getResult(RepositoryEnded.class);

    assertThat(ended.status()).isEqualTo(RepositoryStatus.COMPLETE);
    assertThat(world.agent().turns()).hasSize(2);
  }

  @Test
  void hasNoSessionToGoOnWithAndKeepsItsResult(TestWorkflowEnvironment environment) {
    TestFleet fleet = TestFleet.start(environment, world);
    fleet.startReview(input(0, true)).getResult(RepositoryEnded.class);

    fleet
        .startReviewAgain(input(0, true).withFollowUp("store:more"))
        .getResult(RepositoryEnded.class);

    assertThat(world.callsOf("Lease")).isZero();
    assertThat(world.report().status())
        .as("written once")
        .isEqualTo(RepositoryStatus.SKIPPED_UNCHANGED);
  }

  @Test
  void isGoodForItsBatch(TestWorkflowEnvironment environment) {
    BatchOutcome outcome =
        TestFleet.start(environment, world)
            .startBatch(Inputs.batch(3, 2))
            .getResult(BatchOutcome.class);

    assertThat(outcome.status()).isEqualTo(BatchStatus.COMPLETE);
    assertThat(outcome.tally().byStatus()).isEqualTo(Map.of(RepositoryStatus.SKIPPED_UNCHANGED, 3));
    assertThat(outcome.tally().findings().high()).isEqualTo(6);
    assertThat(world.pool().requests()).isEmpty();
  }
}
