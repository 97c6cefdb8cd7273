package dev.repofleet.workflows.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.repofleet.workflows.RepositoryStatus;
import dev.repofleet.workflows.activities.batch.NoticeKind;
import dev.repofleet.workflows.progress.BatchCarry;
import dev.repofleet.workflows.progress.BatchHold;
import dev.repofleet.workflows.progress.BatchStatus;
import dev.repofleet.workflows.progress.BatchTally;
import dev.repofleet.workflows.progress.RepositoryParked;
import dev.repofleet.workflows.testing.FakeReview;
import dev.repofleet.workflows.testing.FakeWorld;
import dev.repofleet.workflows.testing.Inputs;
import dev.repofleet.workflows.testing.TestFleet;
import io.temporal.api.enums.v1.EventType;
import io.temporal.client.WorkflowStub;
import io.temporal.client.WorkflowUpdateException;
import io.temporal.failure.CanceledFailure;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.testing.TestWorkflowExtension;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A batch whose pool gives no permits until a person resumes. */
@Timeout(600)
class BatchHoldTest {
  private static final String REASON = "the model's provider refuses the key";

  @RegisterExtension
  static final TestWorkflowExtension TEMPORAL =
      TestWorkflowExtension.newBuilder().setDoNotStart(true).build();

  private final FakeWorld world = new FakeWorld();

  private TestFleet fakeReviews(TestWorkflowEnvironment environment) {
    return TestFleet.start(environment, world, FakeReview.class, false);
  }

  private static int reviewsOf(TestFleet fleet) {
    return fleet
        .events(TestFleet.BATCH_ID, EventType.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED)
        .size();
  }

  private static WorkflowStub startHeld(TestFleet fleet, int count, int window) {
    WorkflowStub batch = fleet.startBatch(Inputs.batch(count, window));
    TestFleet.await("in work", () -> fleet.batch().progress().running().size() == window);
    fleet.batch().held(new BatchHold(REASON));
    TestFleet.await("it is held", () -> REASON.equals(fleet.batch().progress().held()));
    return batch;
  }

  @Test
  void startsNoReviewUntilItIsResumed(TestWorkflowEnvironment environment) {
    TestFleet fleet = fakeReviews(environment);
    WorkflowStub batch = startHeld(fleet, 4, 2);
    environment.sleep(Duration.ofHours(2));
    assertThat(fleet.batch().progress().tally().ended()).as("those in work end").isEqualTo(2);
    assertThat(reviewsOf(fleet)).isEqualTo(2);

    assertThat(fleet.batch().resume()).isEqualTo(new BatchResumed(REASON, false));

    BatchOutcome outcome = batch.getResult(BatchOutcome.class);
    assertThat(outcome.tally().byStatus()).isEqualTo(Map.of(RepositoryStatus.COMPLETE, 4));
    assertThat(fleet.batch().progress().held()).isNull();
    assertThat(world.webhook().notices())
        .first()
        .satisfies(
            notice -> {
              assertThat(notice.kind()).isEqualTo(NoticeKind.HELD);
              assertThat(notice.reason()).isEqualTo(REASON);
              assertThat(notice.status()).isEqualTo(BatchStatus.RUNNING);
            });
    assertThat(world.webhook().kinds()).containsExactly(NoticeKind.HELD, NoticeKind.ENDED);
  }

  @Test
  void tellsItsWebhookOnceHoweverOftenThePoolTellsIt(TestWorkflowEnvironment environment) {
    TestFleet fleet = fakeReviews(environment);
    WorkflowStub batch = startHeld(fleet, 1, 1);
    fleet.batch().held(new BatchHold(REASON));

    batch.getResult(BatchOutcome.class);

    assertThat(world.webhook().kinds()).containsExactly(NoticeKind.HELD, NoticeKind.ENDED);
  }

  @Test
  void tellsItsWebhookOfEachReasonAnew(TestWorkflowEnvironment environment) {
    TestFleet fleet = fakeReviews(environment);
    WorkflowStub batch = startHeld(fleet, 1, 1);
    fleet.batch().held(new BatchHold("the model's account has no credit left"));

    batch.getResult(BatchOutcome.class);

    assertThat(world.webhook().kinds())
        .containsExactly(NoticeKind.HELD, NoticeKind.HELD, NoticeKind.ENDED);
  }

  @Test
  void endsAsWellWhenItsWebhookRefuses(TestWorkflowEnvironment environment) {
    world.webhook().refuse();
    TestFleet fleet = fakeReviews(environment);

    assertThat(fleet.startBatch(Inputs.batch(1, 1)).getResult(BatchOutcome.class).status())
        .isEqualTo(BatchStatus.COMPLETE);
    assertThat(world.webhook().notices())
        .singleElement()
        .satisfies(
            notice -> {
              assertThat(notice.status()).isEqualTo(BatchStatus.COMPLETE);
              assertThat(notice.tally().ended()).isEqualTo(1);
            });
  }

  @Test
  void tellsItsWebhookThatItFailedBeforeItBegan(TestWorkflowEnvironment environment) {
    world.failingForGood("CheckWorker", "plan_invalid");
    TestFleet fleet = fakeReviews(environment);
    WorkflowStub batch = fleet.startBatch(Inputs.batch(1, 1));

    assertThatThrownBy(() -> batch.getResult(BatchOutcome.class)).isNotNull();

    assertThat(world.webhook().notices())
        .singleElement()
        .satisfies(
            notice -> {
              assertThat(notice.status()).isEqualTo(BatchStatus.FAILED);
              assertThat(notice.reason()).isNotBlank();
            });
  }

  @Test
  void tellsItsWebhookOfTheFirstReviewThatWaitsForAPerson(TestWorkflowEnvironment environment) {
    TestFleet fleet = fakeReviews(environment);
    WorkflowStub batch = fleet.startBatch(Inputs.batch(2, 2));
    TestFleet.await("in work", () -> fleet.batch().progress().running().size() == 2);

    fleet.batch().parked(new RepositoryParked(0, true));
    fleet.batch().parked(new RepositoryParked(1, true));

    batch.getResult(BatchOutcome.class);
    assertThat(world.webhook().kinds())
        .containsExactly(NoticeKind.AWAITS_APPROVAL, NoticeKind.ENDED);
  }

  @Test
  void goesOnByItselfWhenThePoolDoes(TestWorkflowEnvironment environment) {
    TestFleet fleet = fakeReviews(environment);
    WorkflowStub batch = startHeld(fleet, 3, 1);
    environment.sleep(Duration.ofMinutes(10));

    fleet.batch().held(new BatchHold(null));

    assertThat(batch.getResult(BatchOutcome.class).status()).isEqualTo(BatchStatus.COMPLETE);
  }

  @Test
  void isNotResumedWhileNothingHoldsIt(TestWorkflowEnvironment environment) {
    TestFleet fleet = fakeReviews(environment);
    WorkflowStub batch = fleet.startBatch(Inputs.batch(1, 1));
    TestFleet.await("in work", () -> fleet.batch().progress().running().size() == 1);

    assertThatThrownBy(() -> fleet.batch().resume())
        .isInstanceOf(WorkflowUpdateException.class)
        .hasStackTraceContaining("cannot resume batch nightly: it is neither paused nor held");
    batch.getResult(BatchOutcome.class);
  }

  @Test
  void endsOnceAllItsReviewsHaveEndedAlsoWhenItIsHeld(TestWorkflowEnvironment environment) {
    TestFleet fleet = fakeReviews(environment);

    assertThat(startHeld(fleet, 2, 2).getResult(BatchOutcome.class).status())
        .isEqualTo(BatchStatus.COMPLETE);
    assertThat(fleet.batch().progress().held()).as("nothing holds what has ended").isNull();
  }

  @Test
  void isHeldFromTheStartWhenTheRunBeforeItWas(TestWorkflowEnvironment environment) {
    TestFleet fleet = fakeReviews(environment);
    BatchCarry carry =
        new BatchCarry(
            1_000,
            Inputs.outline(),
            0,
            List.of(),
            BatchTally.NONE,
            List.of(),
            REASON,
            false,
            0L,
            List.of(),
            List.of(),
            List.of(),
            Map.of(),
            List.of());
    WorkflowStub batch = fleet.startBatch(Inputs.batch(1, 1, carry));
    TestFleet.await("it waits", () -> fleet.timers(TestFleet.BATCH_ID) == 1);
    assertThat(fleet.batch().progress().held()).isEqualTo(REASON);
    assertThat(reviewsOf(fleet)).isZero();

    fleet.batch().resume();

    assertThat(batch.getResult(BatchOutcome.class).status()).isEqualTo(BatchStatus.COMPLETE);
  }

  @Test
  void startsNothingAfterAPageThatWasReadMeanwhile(TestWorkflowEnvironment environment) {
    TestFleet fleet = fakeReviews(environment);
    world.during("ReadTargets", () -> fleet.batch().held(new BatchHold(REASON)));
    WorkflowStub batch = fleet.startBatch(Inputs.batch(2, 2));
    TestFleet.await("it waits", () -> fleet.timers(TestFleet.BATCH_ID) == 1);
    assertThat(reviewsOf(fleet)).isZero();

    fleet.batch().resume();

    assertThat(batch.getResult(BatchOutcome.class).tally().ended()).isEqualTo(2);
    assertThat(world.pages()).as("read once").hasSize(1);
  }

  @Test
  void isCancelledAsAnyOther(TestWorkflowEnvironment environment) {
    TestFleet fleet = fakeReviews(environment);
    WorkflowStub batch = startHeld(fleet, 3, 1);
    // In the middle between two looks: the test server loses the task of a timer that rings as it
    // is cancelled.
    environment.sleep(Duration.ofMinutes(30).plusSeconds(30));
    assertThat(fleet.batch().progress().running()).isEmpty();

    batch.cancel();

    assertThatThrownBy(() -> batch.getResult(BatchOutcome.class))
        .hasCauseInstanceOf(CanceledFailure.class);
    assertThat(world.batchReports().get(0).status()).isEqualTo(BatchStatus.CANCELLED);
    assertThat(world.batchReports().get(0).dispatched()).isEqualTo(1);
  }

  @Test
  void saysAtTheTopOfItsPageWhatHoldsItAndWhatToDo() {
    BatchProgress held =
        new BatchProgress(BatchStatus.RUNNING, 0, 3, 1, List.of(), BatchTally.NONE, REASON, null);

    assertThat(BatchPage.now("nightly", held, 0))
        .startsWith("**held**: `" + REASON + "`")
        .contains("`repofleet resume nightly`");
    assertThat(
            BatchPage.now(
                "nightly",
                new BatchProgress(
                    BatchStatus.RUNNING, 0, 3, 1, List.of(), BatchTally.NONE, null, null),
                0))
        .doesNotContain("held");
  }
}
