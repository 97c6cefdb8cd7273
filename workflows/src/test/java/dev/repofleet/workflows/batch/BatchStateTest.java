package dev.repofleet.workflows.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.RepositoryStatus;
import dev.repofleet.workflows.SeverityCounts;
import dev.repofleet.workflows.UsageTotals;
import dev.repofleet.workflows.activities.batch.TargetPage;
import dev.repofleet.workflows.activities.report.BatchReport;
import dev.repofleet.workflows.order.BatchLimits;
import dev.repofleet.workflows.order.ManifestRef;
import dev.repofleet.workflows.progress.BatchStatus;
import dev.repofleet.workflows.progress.IndexRange;
import dev.repofleet.workflows.progress.RepositoryEnded;
import dev.repofleet.workflows.progress.RunningRepository;
import dev.repofleet.workflows.testing.Inputs;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class BatchStateTest {
  /** What one repository of {@link Inputs#outline} may cost. */
  private static final double CAP = Inputs.outline().budgetUsd();

  private static BatchState state(int count, int window, BatchLimits limits) {
    BatchState state =
        new BatchState(Inputs.batch(count, window).continued(window, limits, null), 1_000);
    state.planned(Inputs.outline());
    return state;
  }

  private static BatchState state(int count, int window) {
    return state(count, window, BatchLimits.NONE);
  }

  private static @Nullable Double start(BatchState state) {
    int index = state.next().orElseThrow();
    return state.started(index, Inputs.key(index), CAP);
  }

  private static void startAll(BatchState state) {
    while (state.next().isPresent()) {
      start(state);
    }
  }

  static RepositoryEnded end(int index, int generation, RepositoryStatus status, double usd) {
    return new RepositoryEnded(
        index,
        Inputs.key(index),
        status,
        status == RepositoryStatus.COMPLETE ? null : Cause.INTERNAL,
        new SeverityCounts(0, 1, 0, 0, 0),
        new UsageTotals(0, 0, 0, 0, usd, UsageTotals.CostSource.REPORTED),
        generation,
        generation == 0 ? null : new SeverityCounts(0, 1, 0, 0, 0));
  }

  private static void ends(BatchState state, int index, RepositoryStatus status) {
    state.ended(end(index, state.generation(index), status, 0.5));
  }

  @Test
  void fillsTheWindowAndNoMore() {
    BatchState state = state(5, 2);
    startAll(state);
    assertThat(state.inWork().all()).extracting(RunningRepository::index).containsExactly(0, 1);

    ends(state, 0, RepositoryStatus.COMPLETE);
    startAll(state);

    assertThat(state.inWork().all()).extracting(RunningRepository::index).containsExactly(1, 2);
  }

  @Test
  void startsNothingWhileItIsPausedAndEverythingAfterwards() {
    BatchState state = state(5, 2);
    startAll(state);
    assertThat(state.pause(1)).isEqualTo(new BatchPaused(2, 3));
    ends(state, 0, RepositoryStatus.COMPLETE);
    assertThat(state.next()).isEmpty();
    assertThatThrownBy(state.checks()::pause).hasMessageContaining("paused already");

    assertThat(state.resume(2)).isEqualTo(new BatchResumed(null, true));

    assertThat(state.next()).hasValue(2);
    assertThatThrownBy(state.checks()::resume).hasMessageContaining("neither paused nor held");
  }

  @Test
  void widensAndNarrowsItsWindow() {
    BatchState state = state(9, 2);
    startAll(state);
    BatchSet answer = state.set(new BatchSettings(4, null));
    assertThat(answer.before().window()).isEqualTo(2);
    assertThat(answer.now().window()).isEqualTo(4);
    startAll(state);
    assertThat(state.inWork().all()).hasSize(4);

    state.set(new BatchSettings(1, null));

    assertThat(state.inWork().all()).as("nothing is stopped").hasSize(4);
    ends(state, 0, RepositoryStatus.COMPLETE);
    assertThat(state.next()).isEmpty();
    assertThatThrownBy(() -> state.checks().set(new BatchSettings(501, null)))
        .hasMessageContaining("concurrency 501");
    assertThatThrownBy(() -> state.checks().set(new BatchSettings(null, 0.0)))
        .hasMessageContaining("lets nothing run");
    assertThatThrownBy(() -> state.checks().set(new BatchSettings(null, null)))
        .hasMessageContaining("nothing is to be changed");
  }

  @Test
  void reservesWhatEachMayCostAndSettlesWithWhatItDid() {
    BatchState state = state(9, 9, new BatchLimits(2.5 * CAP, null, null));
    assertThat(start(state)).isEqualTo(CAP);
    assertThat(start(state)).isEqualTo(CAP);
    assertThat(start(state)).as("what is left").isEqualTo(CAP / 2);
    assertThat(state.next()).as("nothing is left").isEmpty();
    assertThat(state.stop()).as("but it may come back").isNull();

    state.ended(end(0, 0, RepositoryStatus.COMPLETE, CAP / 10));

    assertThat(start(state)).isCloseTo(0.9 * CAP, within(1e-9));
  }

  @Test
  void whatBeganWithoutABudgetIsCarriedWithWhatItMayCost() {
    BatchState before = state(9, 9);
    assertThat(start(before)).isNull();
    before.started(1, Inputs.key(1), CAP / 4);
    assertThat(before.set(new BatchSettings(8, null)).reservedUsd()).isZero();

    BatchState state = new BatchState(before.continued(), 2_000);
    BatchSet answer = state.set(new BatchSettings(null, 1.5 * CAP));

    assertThat(answer.reservedUsd()).isEqualTo(1.25 * CAP);
    assertThat(start(state)).as("what is left").isCloseTo(CAP / 4, within(1e-9));
    assertThat(state.next()).isEmpty();
  }

  @Test
  void stopsWhereNoUsefulShareIsLeftAndGoesOnWithMoreMoney() {
    BatchState state = state(9, 9, new BatchLimits(CAP, null, null));
    startAll(state);
    assertThat(state.inWork().all()).hasSize(1);
    state.ended(end(0, 0, RepositoryStatus.COMPLETE, 0.8 * CAP));
    assertThat(state.stop()).isEqualTo(BatchStop.BUDGET);
    assertThat(state.endStatus()).isEqualTo(BatchStatus.STOPPED_BUDGET);
    assertThat(state.stopped()).contains("budget");

    state.set(new BatchSettings(null, 2 * CAP));

    assertThat(state.stop()).isNull();
    assertThat(state.next()).hasValue(1);
  }

  @Test
  void stopsAtSoManyFailures() {
    BatchState state = state(9, 1, new BatchLimits(null, 2, null));
    start(state);
    ends(state, 0, RepositoryStatus.FAILED);
    start(state);
    ends(state, 1, RepositoryStatus.PARTIAL);
    assertThat(state.stop()).isNull();
    start(state);
    ends(state, 2, RepositoryStatus.FAILED);

    assertThat(state.stop()).isEqualTo(BatchStop.FAILURES);
    assertThat(state.endStatus()).isEqualTo(BatchStatus.FAILED);
    assertThat(state.stopped()).startsWith("2 of 3 repositories");
  }

  @Test
  void stopsAtAShareOfFailuresOnceTenHaveEnded() {
    BatchState state = state(30, 1, new BatchLimits(null, null, 30.0));
    for (int i = 0; i < 9; i++) {
      start(state);
      ends(state, i, i < 5 ? RepositoryStatus.FAILED : RepositoryStatus.COMPLETE);
    }
    assertThat(state.stop()).isNull();

    start(state);
    ends(state, 9, RepositoryStatus.COMPLETE);

    assertThat(state.stop()).isEqualTo(BatchStop.FAILURES);
  }

  @Test
  void reviewsWhatEndedIncompleteOnceMoreInANewGeneration() {
    BatchState state = state(4, 4);
    startAll(state);
    ends(state, 0, RepositoryStatus.COMPLETE);
    ends(state, 1, RepositoryStatus.FAILED);
    ends(state, 2, RepositoryStatus.PARTIAL);

    assertThat(state.retry(new RepositorySelection(List.of(3), true)))
        .isEqualTo(new RepositoriesRequeued(2, 1));

    assertThat(state.tally().ended()).isEqualTo(1);
    startAll(state);
    assertThat(state.generation(1)).isEqualTo(1);
    assertThat(state.generation(0)).isZero();
    state.ended(end(1, 0, RepositoryStatus.FAILED, 9));
    assertThat(state.tally().ended()).as("an old end, told late").isEqualTo(1);
    for (int i = 1; i < 4; i++) {
      ends(state, i, RepositoryStatus.COMPLETE);
    }
    assertThat(state.tally().count(RepositoryStatus.COMPLETE)).isEqualTo(4);
    assertThat(state.tally().findings().high()).as("the latest of each").isEqualTo(4);
    assertThat(state.tally().usage().costUsd()).as("all that was paid").isEqualTo(3.0);
    assertThat(state.endStatus()).isEqualTo(BatchStatus.COMPLETE);
  }

  @Test
  void refusesToReviewMoreAgainThanItCanCarry() {
    int count = UpdateChecks.MOST_AGAIN + 1;
    BatchState state = state(count, 1);
    for (int i = 0; i < count; i++) {
      start(state);
      ends(state, i, RepositoryStatus.FAILED);
    }
    assertThatThrownBy(() -> state.checks().retry(new RepositorySelection(List.of(), true)))
        .hasMessageContaining("25001 of its repositories would have been asked for again");

    assertThatCode(() -> state.checks().retry(RepositorySelection.of(List.of(0, 1))))
        .doesNotThrowAnyException();
  }

  @Test
  void requeuesACompleteOneByName() {
    BatchState state = state(1, 1);
    start(state);
    ends(state, 0, RepositoryStatus.COMPLETE);
    assertThatThrownBy(() -> state.retry(new RepositorySelection(List.of(), true)))
        .hasMessageContaining("nothing that has ended is incomplete");

    assertThat(state.retry(RepositorySelection.of(List.of(0))).requeued()).isEqualTo(1);

    assertThat(state.next()).hasValue(0);
    assertThat(state.hasMore()).isTrue();
  }

  @Test
  void leavesWhatWasToBeReviewedOnceMoreAsItWasWhenItEndsFirst() {
    BatchState state = state(2, 2);
    startAll(state);
    ends(state, 0, RepositoryStatus.FAILED);
    ends(state, 1, RepositoryStatus.COMPLETE);
    state.retry(RepositorySelection.of(List.of(0)));

    state.end();

    assertThat(state.tally().count(RepositoryStatus.FAILED)).isEqualTo(1);
    assertThat(state.tally().ended()).isEqualTo(2);
  }

  @Test
  void passesOverWhatWasCancelledBeforeItsTurn() {
    BatchState state = state(4, 1);
    start(state);

    assertThat(state.cancel(RepositorySelection.of(List.of(0, 2, 3))))
        .isEqualTo(new RepositoriesCancelled(1, 2, 0));

    ends(state, 0, RepositoryStatus.CANCELLED);
    start(state);
    ends(state, 1, RepositoryStatus.COMPLETE);
    assertThat(state.hasMore()).isFalse();
    assertThat(state.tally().count(RepositoryStatus.CANCELLED)).isEqualTo(3);
    assertThat(state.tally().ended()).isEqualTo(4);
    assertThat(state.notStarted()).containsExactly(new IndexRange(2, 4));
  }

  @Test
  void reviewsOnRequestWhatWasCancelledBeforeItsTurnAndOnlyOnce() {
    BatchState state = state(3, 1);
    state.cancel(RepositorySelection.of(List.of(1)));
    state.retry(RepositorySelection.of(List.of(1)));
    assertThat(state.next()).hasValue(1);

    for (int expected : new int[] {1, 0, 2}) {
      assertThat(state.next()).hasValue(expected);
      start(state);
      ends(state, expected, RepositoryStatus.COMPLETE);
    }

    assertThat(state.hasMore()).isFalse();
    assertThat(state.notStarted()).isEmpty();
    assertThat(state.endStatus()).isEqualTo(BatchStatus.COMPLETE);
  }

  @Test
  void takesMoreTargetsBehindThoseItHas() {
    BatchState state = state(2, 9);
    startAll(state);
    ManifestRef more = new ManifestRef("store:more", "b".repeat(64), 3);
    state.checks().add(new TargetsToAdd(more, 2));

    assertThat(state.add(more)).isEqualTo(new TargetsAdded(3, 5));

    startAll(state);
    assertThat(state.inWork().all()).hasSize(5);
    assertThat(state.targets().place(1).offset()).isEqualTo(1);
    assertThat(state.targets().place(3).offset()).isEqualTo(1);
    assertThat(state.targets().place(3).manifest()).isEqualTo(more);
    assertThatThrownBy(() -> state.checks().add(new TargetsToAdd(more, 2)))
        .hasMessageContaining("has grown to 5 targets");
  }

  @Test
  void wantsNoneOfTheRestOnceThatIsClosed() {
    BatchState state = state(1_000_000, 2);
    startAll(state);
    ends(state, 0, RepositoryStatus.COMPLETE);
    ends(state, 1, RepositoryStatus.COMPLETE);

    state.closeRest();

    assertThat(state.hasMore()).isFalse();
    assertThat(state.tally().count(RepositoryStatus.CANCELLED)).isEqualTo(999_998);
    assertThat(state.notStarted()).containsExactly(new IndexRange(2, 1_000_000));
    state.retry(RepositorySelection.of(List.of(7)));
    assertThat(state.next()).hasValue(7);
  }

  @Test
  void refusesWhatItDoesNotHave() {
    BatchState state = state(3, 1);

    assertThatThrownBy(() -> state.retry(RepositorySelection.of(List.of(3))))
        .hasMessage("cannot retry in batch nightly: it has no target 3 of 3");
    assertThatThrownBy(() -> state.cancel(RepositorySelection.of(List.of())))
        .hasMessage("cannot cancel in batch nightly: nothing was named");
  }

  /** As when the review before it was still closing, or went on with a person's follow-up. */
  @Test
  void asksOnceMoreForAGenerationThatDidNotBegin() {
    BatchState state = state(1, 1);
    start(state);
    ends(state, 0, RepositoryStatus.FAILED);
    state.retry(RepositorySelection.of(List.of(0)));
    start(state);

    state.neverStarted(new RunningRepository(0, Inputs.key(0), null, 1));

    assertThat(state.next()).hasValue(0);
    start(state);
    assertThat(state.generation(0)).as("the same generation").isEqualTo(1);
    ends(state, 0, RepositoryStatus.COMPLETE);
    assertThat(state.endStatus()).isEqualTo(BatchStatus.COMPLETE);
  }

  @Test
  void anAddedTargetKeepsAPlanOfItsOwn() {
    TargetPage.Row row =
        new TargetPage.Row(0, "app-0", Inputs.target(0), Inputs.PLAN, Inputs.outline(9.0, 5));

    assertThat(row.behind(7))
        .isEqualTo(
            new TargetPage.Row(7, "app-0", Inputs.target(0), Inputs.PLAN, Inputs.outline(9.0, 5)));
  }

  @Test
  void aBatchThatHasEndedGoesOnWithWhatIsLeftAndForgetsItsFailureLimit() {
    BatchState ended = state(5, 2, new BatchLimits(null, 1, null));
    startAll(ended);
    ends(ended, 0, RepositoryStatus.FAILED);
    ends(ended, 1, RepositoryStatus.COMPLETE);
    assertThat(ended.endStatus()).isEqualTo(BatchStatus.FAILED);

    ReopenedBatch again = ReopenedBatch.of(report(ended));
    assertThat(again.retry(new RepositorySelection(List.of(), true)))
        .isEqualTo(new RepositoriesRequeued(4, 0));

    BatchState state = new BatchState(again.input(), 9_000);
    assertThat(state.startedAt()).isEqualTo(1_000);
    assertThat(state.next()).hasValue(0);
    assertThat(state.stop()).isNull();
  }

  @Test
  void aBatchThatHasEndedReviewsOnlyWhatIsAdded() {
    BatchState ended = state(5, 2);
    startAll(ended);
    ends(ended, 0, RepositoryStatus.COMPLETE);
    ends(ended, 1, RepositoryStatus.CANCELLED);

    ReopenedBatch again = ReopenedBatch.of(report(ended));
    again.add(new ManifestRef("store:more", "b".repeat(64), 2));

    BatchState state = new BatchState(again.input(), 9_000);
    assertThat(state.next()).hasValue(5);
    assertThat(state.targets().beginnings())
        .containsExactly(
            new TargetList.Place(new ManifestRef("store:more", "b".repeat(64), 2), 5, 5));
  }

  @Test
  void aBatchWithoutMoneyDoesNotGoOnAndSaysWhy() {
    BatchState ended = state(3, 1, new BatchLimits(CAP, null, null));
    start(ended);
    ended.ended(end(0, 0, RepositoryStatus.FAILED, CAP));

    ReopenedBatch again = ReopenedBatch.of(report(ended));

    assertThatThrownBy(() -> again.retry(new RepositorySelection(List.of(), true)))
        .hasMessageContaining("set a larger --budget-usd first");
    assertThat(ReopenedBatch.of(report(ended)).set(new BatchSettings(null, 3 * CAP)).now())
        .isEqualTo(new BatchSettings(1, 3 * CAP));
  }

  private static BatchReport report(BatchState state) {
    return new BatchReport(
        state.continued(),
        state.endStatus(),
        state.dispatched(),
        state.startedAt(),
        2_000,
        null,
        List.of());
  }
}
