package dev.repofleet.workflows.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.activities.pool.PoolInspectionOutcome;
import dev.repofleet.workflows.activities.pool.PoolInspectionOutcome.Moved;
import dev.repofleet.workflows.activities.pool.PoolInspectionOutcome.Owner;
import dev.repofleet.workflows.activities.pool.PoolInspectionOutcome.Stray;
import dev.repofleet.workflows.lease.LeaseEnded;
import dev.repofleet.workflows.lease.LeaseRequest;
import dev.repofleet.workflows.lease.PermitReply;
import dev.repofleet.workflows.lease.ProviderTrouble;
import dev.repofleet.workflows.pool.settings.PoolSettings;
import dev.repofleet.workflows.pool.settings.PoolSettingsChange;
import dev.repofleet.workflows.pool.settings.Reuse;
import dev.repofleet.workflows.testing.Inputs;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SandboxPoolTest {
  private static final long MINUTE = 60_000;

  private long now = 1_000_000;
  private int fences;
  private SandboxPool pool = pool(PoolSettings.DEFAULT);

  private SandboxPool pool(PoolSettings settings) {
    return new SandboxPool(
        PoolCarry.nothing(settings), lease -> "fence-" + fences++, change -> true);
  }

  private static PoolSettings places(int maximum) {
    return PoolSettings.DEFAULT.with(
        new PoolSettingsChange(maximum, null, null, null, null, null, null, null));
  }

  private static LeaseRequest request(String lease) {
    return request(lease, null);
  }

  private static LeaseRequest request(String lease, @Nullable String parked) {
    return new LeaseRequest(
        lease, "review/b/" + lease, "run-" + lease, "b", 1, "claude", "acme/app", parked);
  }

  private List<PermitReply> ask(String... leases) {
    for (String lease : leases) {
      pool.acquire(request(lease), now);
    }
    return work();
  }

  private List<PermitReply> work() {
    pool.work(now);
    List<PermitReply> replies = pool.outbox().take();
    pool.outbox().told(replies);
    return replies;
  }

  private void end(String lease, LeaseEnded.How how) {
    pool.ended(LeaseEnded.of(lease, "run-" + lease, how), now);
  }

  private PoolStatus status() {
    return pool.status("pool", now);
  }

  @Test
  void permitsAreGivenAtAnEvenDistance() {
    assertThat(ask("a", "b", "c"))
        .extracting(PermitReply::notBefore)
        .containsExactly(now, now + 220, now + 440);
  }

  @Test
  void askingAgainForAPermitThatIsThereBringsTheSameOne() {
    PermitReply first = ask("a").get(0);
    now += MINUTE;
    assertThat(ask("a")).containsExactly(first);
  }

  /** The review has heard of the first permit, and takes it for that if its token comes again. */
  @Test
  void aPermitThatCameBackBeforeATaskDoneAgainGivesItHasAnotherToken() {
    String first = "fence-0";
    pool.acquire(request("a"), now);
    pool.ended(new LeaseEnded("a", "run-a", LeaseEnded.How.REFUSED_RATE, null, 0L, first), now);

    assertThat(ask("a"))
        .singleElement()
        .satisfies(
            permit -> {
              assertThat(permit.leaseId()).isEqualTo("a");
              assertThat(permit.fence()).isNotEqualTo(first);
            });
  }

  @Test
  void aPoolHoldsNoMoreLeasesThanItCanTakeAlong() {
    pool =
        pool(
            places(10_000)
                .with(new PoolSettingsChange(null, null, 10_000, null, null, null, null, null)));
    for (int i = 0; i < SandboxPool.MOST_LEASES; i++) {
      now += 1_000;
      assertThat(ask("l" + i)).hasSize(1);
    }
    now += 1_000;
    assertThat(ask("more")).isEmpty();
    pool.ended(new LeaseEnded("l0", "run-l0", LeaseEnded.How.PARKED, "s0", null), now);
    assertThat(work())
        .as("what is paused counts, and is asked for")
        .extracting(PermitReply::kind)
        .containsExactly(PermitReply.Kind.GIVE_BACK);
    end("l1", LeaseEnded.How.RELEASED);
    now += 1_000;
    assertThat(work()).extracting(PermitReply::leaseId).contains("more");
    pool.acquire(request("l0", "s0"), now);
    now += 1_000;
    assertThat(work())
        .as("who is parked takes no more room than it has")
        .extracting(PermitReply::leaseId)
        .contains("l0");
  }

  /** Told that it is held, in a task that is done again when the resume has come. */
  @Test
  void whoeverResumesThePoolHasAllItsBatchesTold() {
    ask("a");
    pool.trouble(new ProviderTrouble(Cause.MODEL_AUTH, null, null, now), now);
    assertThat(pool.batchesToTell()).containsExactly("b");
    assertThat(pool.resume(now)).isNotNull();
    assertThat(pool.batchesToTell()).containsExactly("b");
    pool.notices().told(List.of("b"), false);
    assertThat(pool.batchesToTell()).isEmpty();
  }

  @Test
  void aResetRunGetsAnotherFenceAndTheOldOneHasNoSayAnyMore() {
    PermitReply first = ask("a").get(0);
    LeaseRequest reset = new LeaseRequest("a", "review/b/a", "run-2", "b", 1, "claude", null, null);
    pool.acquire(reset, now);
    PermitReply second = work().get(0);
    assertThat(second.runId()).isEqualTo("run-2");
    assertThat(second.fence()).isNotEqualTo(first.fence());
    end("a", LeaseEnded.How.RELEASED);
    assertThat(status().leased()).isEqualTo(1);
    pool.ended(LeaseEnded.of("a", "run-2", LeaseEnded.How.RELEASED), now);
    assertThat(status().leased()).isZero();
  }

  @Test
  void aRefusalForQuotaMeansOthersAndIsProbedByOneAMinute() {
    pool = pool(places(10));
    ask("a", "b", "c", "d");
    now += MINUTE;
    end("d", LeaseEnded.How.REFUSED_QUOTA);
    assertThat(status().limit()).isEqualTo(3);
    assertThat(work()).isEmpty();
    end("a", LeaseEnded.How.RELEASED);
    now += 5_000;
    assertThat(work()).extracting(PermitReply::leaseId).containsExactly("d");
    now += MINUTE;
    work();
    assertThat(status().limit()).isEqualTo(4);
    now += MINUTE - 1;
    work();
    assertThat(status().limit()).isEqualTo(4);
  }

  @Test
  void anAccountThatOthersHaveWholeIsAskedEverMoreSeldomUntilAPlaceWasHad() {
    pool = pool(places(10));
    ask("a");
    for (long pause : new long[] {5, 10, 20, 40, 80, 160, 300, 300}) {
      now += 1_000;
      end("a", LeaseEnded.How.REFUSED_QUOTA);
      now += pause * 1_000 - 1;
      assertThat(work()).isEmpty();
      now += 1;
      assertThat(work()).extracting(PermitReply::leaseId).containsExactly("a");
    }
    end("a", LeaseEnded.How.RELEASED);
    now += MINUTE;
    ask("b");
    end("b", LeaseEnded.How.REFUSED_QUOTA);
    now += 5_000;
    assertThat(work()).hasSize(1);
  }

  @Test
  void othersInTheLineDoNotMakeItBeAskedMoreOften() {
    pool = pool(places(10));
    List<PermitReply> granted = ask("a", "b", "c");
    int refusals = 0;
    long begin = now;
    while (now - begin < 60 * MINUTE) {
      for (PermitReply one : granted) {
        refusals++;
        end(one.leaseId(), LeaseEnded.How.REFUSED_QUOTA);
      }
      now += 1_000;
      granted = ask("a", "b", "c");
    }
    // Three at first, seven while the pause grows, and then one in five minutes.
    assertThat(refusals).isBetween(15, 25);
  }

  @Test
  void whoseHistoryIsOfBeforeIsAskedEveryFiveSeconds() {
    pool =
        new SandboxPool(
            PoolCarry.nothing(places(10)), lease -> "fence-" + fences++, change -> false);
    ask("a");
    for (int i = 0; i < 5; i++) {
      end("a", LeaseEnded.How.REFUSED_QUOTA);
      now += 5_000;
      assertThat(work()).hasSize(1);
    }
  }

  @Test
  void aRefusalRightAfterAnEndIsTheAccountsLagAndLowersNothing() {
    pool = pool(places(10));
    ask("a", "b");
    now += MINUTE;
    end("a", LeaseEnded.How.RELEASED);
    now += 1_000;
    end("b", LeaseEnded.How.REFUSED_QUOTA);
    assertThat(status().limit()).isEqualTo(10);
    assertThat(work()).isEmpty();
    now += 5_000;
    assertThat(work()).hasSize(1);
  }

  @Test
  void aRefusalForTheRateHalvesItAndKeepsTheDelay() {
    ask("a");
    now += MINUTE;
    pool.ended(new LeaseEnded("a", "run-a", LeaseEnded.How.REFUSED_RATE, null, 3L), now);
    assertThat(status().createRate()).isEqualTo(2.5);
    assertThat(status().limit()).isEqualTo(20);
    assertThat(work()).extracting(PermitReply::notBefore).containsExactly(now + 3_000);
    for (int minute = 0; minute < 10; minute++) {
      now += MINUTE;
      work();
    }
    assertThat(status().createRate()).isEqualTo(5);
  }

  @Test
  void whoMissedItsSlotGetsAnotherOneAndTheRateStays() {
    ask("a", "b");
    now += MINUTE;
    pool.ended(new LeaseEnded("a", "run-a", LeaseEnded.How.REFUSED_RATE, null, 0L), now);
    assertThat(work()).extracting(PermitReply::notBefore).containsExactly(now);
    assertThat(status().createRate()).isEqualTo(5);
  }

  @Test
  void whoWasRefusedGoesBeforeTheOthersOfItsBatch() {
    pool = pool(places(1));
    ask("a", "b");
    now += MINUTE;
    end("a", LeaseEnded.How.REFUSED_RATE);
    now += MINUTE;
    assertThat(work()).extracting(PermitReply::leaseId).containsExactly("a");
  }

  @Test
  void anOverloadedProviderHalvesTheRunsOnceForABurstAndTheyRiseAgain() {
    ask("a", "b", "c", "d", "e", "f", "g", "h");
    pool.trouble(Inputs.trouble(Cause.MODEL_OVERLOADED), now);
    pool.trouble(Inputs.trouble(Cause.MODEL_RATE_LIMITED), now + 1);
    assertThat(status().limit()).isEqualTo(4);
    assertThat(ask("i")).isEmpty();
    now += 30_000;
    work();
    assertThat(status().limit()).isEqualTo(5);
    for (int i = 0; i < 12; i++) {
      now += 30_000;
      work();
    }
    assertThat(status().limit()).isEqualTo(20);
    assertThat(status().health()).isEqualTo("well");
  }

  @Test
  void aQuotaOfTheProviderThatIsUsedUpStopsAllUntilItIsFilledAgain() {
    long reset = now + Duration.ofHours(3).toMillis();
    pool.trouble(new ProviderTrouble(Cause.MODEL_RATE_LIMITED, null, reset, null), now);
    assertThat(ask("a")).isEmpty();
    assertThat(status().closedUntil()).isEqualTo(reset);
    assertThat(pool.nextAt(now)).isEqualTo(reset);
    now = reset - 1;
    ask("a");
    now = reset;
    assertThat(work()).hasSize(1);
    assertThat(status().limit()).isEqualTo(20);
  }

  @Test
  void aRefusedKeyHoldsThePoolUntilAPersonResumesAndTellsEveryBatchOnce() {
    ask("a");
    pool.trouble(Inputs.trouble(Cause.MODEL_AUTH), now);
    assertThat(ask("b")).isEmpty();
    assertThat(status().held()).isEqualTo("the model's provider refuses the key");
    assertThat(pool.inspection("repofleet", false).held()).isEqualTo(status().held());
    assertThat(pool.batchesToTell()).containsExactly("b");
    pool.notices().told(List.of("b"), true);
    assertThat(pool.batchesToTell()).isEmpty();
    assertThat(pool.resume(now)).isEqualTo("the model's provider refuses the key");
    assertThat(pool.batchesToTell()).containsExactly("b");
    pool.notices().told(List.of("b"), false);
    assertThat(pool.batchesToTell()).isEmpty();
    assertThat(work()).extracting(PermitReply::leaseId).containsExactly("b");
    assertThat(pool.resume(now)).isNull();
  }

  @Test
  void aTurnOfBeforeTheResumeHoldsNobodyAgain() {
    long began = now;
    now += MINUTE;
    pool.trouble(new ProviderTrouble(Cause.MODEL_AUTH, null, null, began), now);
    pool.resume(now);
    pool.trouble(new ProviderTrouble(Cause.MODEL_AUTH, null, null, began), now + 1);
    assertThat(status().held()).isNull();
    pool.trouble(new ProviderTrouble(Cause.MODEL_AUTH, null, null, now + 1), now + 2);
    assertThat(status().held()).isNotNull();
  }

  @Test
  void whatIsToldLateOfAnEarlierPermitSaysNothingOfTheNext() {
    String first = ask("a").get(0).fence();
    now += MINUTE;
    LeaseEnded refused =
        new LeaseEnded("a", "run-a", LeaseEnded.How.REFUSED_QUOTA, null, null, first);
    pool.ended(refused, now);
    now += MINUTE;
    assertThat(work()).hasSize(1);
    pool.ended(refused, now);
    assertThat(status().leased()).isEqualTo(1);
  }

  @Test
  void aParkedLeaseTakesNoPlaceAndGoesOnWithItsSandbox() {
    pool = pool(places(1));
    ask("a", "b");
    pool.ended(new LeaseEnded("a", "run-a", LeaseEnded.How.PARKED, "s1", null), now);
    assertThat(work()).extracting(PermitReply::leaseId).containsExactly("b");
    assertThat(status().parked()).isEqualTo(1);
    pool.acquire(request("a", "s1"), now);
    assertThat(work()).isEmpty();
    end("b", LeaseEnded.How.RELEASED);
    PermitReply woken = work().get(0);
    assertThat(woken.leaseId()).isEqualTo("a");
    assertThat(woken.sandboxId()).isEqualTo("s1");
    assertThat(status().parked()).isZero();
  }

  @Test
  void whoParksUnderThePermitOfAPoolBeforeTakesNoPlace() {
    pool = pool(places(1));
    adopt("a", "s1");
    pool.inspected(listed("s1"), now);
    assertThat(ask("b")).isEmpty();
    pool.ended(parked("a", "s1", "fence-of-before"), now);
    assertThat(work()).extracting(PermitReply::leaseId).containsExactly("b");
    assertThat(status().parked()).isEqualTo(1);
    pool.acquire(request("a", "s1"), now);
    end("b", LeaseEnded.How.RELEASED);
    PermitReply woken = work().get(0);
    assertThat(woken.sandboxId()).isEqualTo("s1");
    pool.ended(parked("a", "s1", "fence-of-before"), now);
    assertThat(status().leased()).as("told late").isEqualTo(1);
    pool.ended(parked("a", "s1", woken.fence()), now);
    assertThat(status().parked()).isEqualTo(1);
  }

  @Test
  void whoWorkedAlreadyWhenAResetPoolToldItOfAPermitParksUnderTheOneOfBefore() {
    pool.acquire(request("a"), now);
    assertThat(adopt("a", "s1")).as("it waited as far as the pool knew").hasSize(1);
    pool.ended(parked("a", "s1", "fence-of-before"), now);
    assertThat(status().parked()).isEqualTo(1);
  }

  @Test
  void whoHasAskedForThePermitOfAnAdoptedLeaseEndsItByThatAlone() {
    adopt("a", "s1");
    PermitReply told = ask("a").get(0);
    pool.ended(parked("a", "s1", "fence-of-before"), now);
    assertThat(status().leased()).isEqualTo(1);
    pool.ended(parked("a", "s1", told.fence()), now);
    assertThat(status().parked()).isEqualTo(1);
  }

  @Test
  void anotherEndOfAPoolBeforeSaysNothingOfAnAdoptedLease() {
    adopt("a", "s1");
    pool.ended(parked("a", "s2", "fence-of-before"), now);
    for (LeaseEnded.How how : List.of(LeaseEnded.How.REFUSED_QUOTA, LeaseEnded.How.UNRESOLVED)) {
      pool.ended(new LeaseEnded("a", "run-a", how, null, null, "fence-of-before"), now);
    }
    assertThat(status().leased()).isEqualTo(1);
    pool.acquire(request("a").byRun("run-2"), now);
    pool.ended(parked("a", "s1", "fence-of-before"), now);
    assertThat(status().leased()).as("by the run before a Reset").isEqualTo(1);
    pool.inspected(listed(), now);
    assertThat(status().leased()).as("it is gone from E2B's list").isZero();
  }

  @Test
  void aPoolWhoseHistoryIsOfBeforeHearsNoOlderFence() {
    pool = new SandboxPool(PoolCarry.nothing(places(1)), lease -> "fence", change -> false);
    adopt("a", "s1");
    pool.ended(parked("a", "s1", "fence-of-before"), now);
    assertThat(status().leased()).isEqualTo(1);
  }

  private List<PermitReply> adopt(String lease, String sandboxId) {
    pool.inspected(
        found(
            new Stray(
                sandboxId, lease, "review/b/" + lease, "run-" + lease, "b", true, Owner.REVIEW)),
        now);
    return work();
  }

  private static LeaseEnded parked(String lease, String sandboxId, @Nullable String fence) {
    return new LeaseEnded(lease, "run-" + lease, LeaseEnded.How.PARKED, sandboxId, null, fence);
  }

  private static PoolInspectionOutcome listed(String... sandboxes) {
    return new PoolInspectionOutcome(
        List.of(), List.of(), List.of(sandboxes), List.of(), 0, null, null);
  }

  @Test
  void theOneThatIsPausedLongestIsAskedBackWhenTooManyAre() {
    pool =
        pool(
            PoolSettings.DEFAULT.with(
                new PoolSettingsChange(null, null, 1, null, null, null, null, null)));
    ask("a", "b");
    pool.ended(new LeaseEnded("a", "run-a", LeaseEnded.How.PARKED, "s1", null), now);
    now += 1;
    pool.ended(new LeaseEnded("b", "run-b", LeaseEnded.How.PARKED, "s2", null), now);
    List<PermitReply> replies = work();
    assertThat(replies).extracting(PermitReply::kind).containsExactly(PermitReply.Kind.GIVE_BACK);
    assertThat(replies).extracting(PermitReply::leaseId).containsExactly("a");
    assertThat(work()).isEmpty();
    now += LeaseBook.ASK_AGAIN - 1;
    assertThat(work()).isEmpty();
    now += 1;
    assertThat(work()).as("it may not have heard it").isEqualTo(replies);
  }

  @Test
  void aWarmSandboxIsThereAtOnceAndIsReplaced() {
    pool = pool(warm());
    PoolCarry.Warm warm = order();
    assertThat(pool.warmUp(now)).isNull();
    pool.stock().arrived(warm, "w1", false, now);
    PermitReply reply = ask("a").get(0);
    assertThat(reply.sandboxId()).isEqualTo("w1");
    assertThat(reply.notBefore()).isEqualTo(now);
    PoolCarry.Warm another = order();
    pool.stock().arrived(another, "w2", false, now);
    now += PoolSettings.DEFAULT.maxLifetime().toMillis();
    work();
    assertThat(pool.ending()).extracting(left -> left.sandboxId()).containsExactly("w2");
  }

  @Test
  void aWarmSandboxThatWasGivenWhileItsLeaseWasReleasedIsDeleted() {
    pool = pool(warm());
    pool.stock().arrived(order(), "w1", false, now);
    assertThat(ask("a").get(0).sandboxId()).isEqualTo("w1");
    end("a", LeaseEnded.How.RELEASED);
    assertThat(pool.ending()).extracting(left -> left.sandboxId()).containsExactly("w1");
    assertThat(status().leased()).isZero();
    assertThat(status().unresolved()).isEqualTo(1);
    end("a", LeaseEnded.How.RELEASED);
    assertThat(pool.ending()).as("told twice").hasSize(1);
  }

  @Test
  void aWarmSandboxThatItsReviewHasDeletedIsNotDeletedAgain() {
    pool = pool(warm());
    pool.stock().arrived(order(), "w1", false, now);
    ask("a");
    pool.ended(new LeaseEnded("a", "run-a", LeaseEnded.How.RELEASED, "w1", null), now);
    assertThat(pool.ending()).isEmpty();
    assertThat(status().leased()).isZero();
  }

  @Test
  void aPoolWhoseHistoryIsOfBeforeForgetsWhatWasGivenWhileItsLeaseWasReleased() {
    pool = new SandboxPool(PoolCarry.nothing(warm()), lease -> "fence", change -> false);
    pool.stock().arrived(order(), "w1", false, now);
    ask("a");
    end("a", LeaseEnded.How.RELEASED);
    assertThat(pool.ending()).isEmpty();
  }

  private static PoolSettings warm() {
    return PoolSettings.DEFAULT.with(
        new PoolSettingsChange(2, null, null, Map.of("claude", 1), null, null, null, null));
  }

  private PoolCarry.Warm order() {
    PoolCarry.Warm warm = pool.warmUp(now);
    assertThat(warm).isNotNull();
    return java.util.Objects.requireNonNull(warm);
  }

  @Test
  void aWarmSandboxThatNobodyWaitingCanUseGivesItsPlace() {
    pool =
        pool(
            PoolSettings.DEFAULT.with(
                new PoolSettingsChange(1, null, null, Map.of("other", 1), null, null, null, null)));
    pool.stock().arrived(order(), "w1", false, now);
    assertThat(ask("a")).isEmpty();
    assertThat(pool.ending()).extracting(left -> left.sandboxId()).containsExactly("w1");
    pool.resolved(List.of(pool.ending().get(0).leaseId()), now);
    assertThat(work()).extracting(PermitReply::leaseId).containsExactly("a");
  }

  @Test
  void aReturnedSandboxIsForItsRepositoryAlone() {
    pool = pool(reusing(Reuse.REPOSITORY));
    assertThat(ask("a").get(0).keep()).isTrue();
    pool.ended(new LeaseEnded("a", "run-a", LeaseEnded.How.RETURNED, "s1", null), now);
    pool.acquire(
        new LeaseRequest("x", "review/b/x", "run-x", "b", 1, "claude", "acme/other", null), now);
    assertThat(work().get(0).sandboxId()).isNull();
    assertThat(ask("b").get(0).sandboxId()).isEqualTo("s1");
  }

  @Test
  void whatIsKeptForARepositoryEndsWhenSandboxesAreNotToBeUsedAgainAnyMore() {
    pool = pool(reusing(Reuse.REPOSITORY));
    ask("a");
    pool.ended(new LeaseEnded("a", "run-a", LeaseEnded.How.RETURNED, "s1", null), now);
    pool.set(reusing(Reuse.NONE));
    assertThat(ask("b").get(0).sandboxId()).isNull();
    assertThat(pool.ending()).extracting(left -> left.sandboxId()).containsExactly("s1");
  }

  private static PoolSettings reusing(Reuse reuse) {
    return PoolSettings.DEFAULT.with(
        new PoolSettingsChange(null, null, null, null, null, null, null, reuse));
  }

  /** The run after the Reset holds a permit that its earlier run has given back. */
  @Test
  void aReviewThatIsResetToAfterItsPermitIsOneMoreUntilTheNextLookAndIsWaitedFor() {
    pool = pool(places(1));
    ask("a");
    end("a", LeaseEnded.How.RELEASED);
    assertThat(ask("b", "c")).extracting(PermitReply::leaseId).containsExactly("b");
    assertThat(status().total()).as("what the pool knows").isEqualTo(1);
    pool.inspection("repofleet", false);
    pool.inspected(
        found(new Stray("s1", "a", "review/b/a", "run-2", "b", true, Owner.REVIEW)), now);
    assertThat(status().total()).isEqualTo(2);
    end("b", LeaseEnded.How.RELEASED);
    assertThat(work()).as("the other one still has the place").isEmpty();
    pool.ended(LeaseEnded.of("a", "run-2", LeaseEnded.How.RELEASED), now);
    assertThat(work()).extracting(PermitReply::leaseId).containsExactly("c");
  }

  @Test
  void aReviewThatIsResetToAfterItsPermitKeepsThePlaceWhereThatWasNotGivenBack() {
    pool = pool(places(1));
    ask("a", "b");
    pool.inspection("repofleet", false);
    pool.inspected(
        new PoolInspectionOutcome(
            List.of(), List.of(new Moved("a", "run-2")), List.of("s1"), List.of(), 0, null, null),
        now);
    assertThat(status().total()).isEqualTo(1);
    assertThat(work()).isEmpty();
    pool.ended(LeaseEnded.of("a", "run-2", LeaseEnded.How.RELEASED), now);
    assertThat(work()).extracting(PermitReply::leaseId).containsExactly("b");
  }

  @Test
  void whatCannotBeDeletedIsWithoutAnOwnerUntilItIsGone() {
    pool.inspection("repofleet", false);
    pool.inspected(found(new Stray("s1", "a", "review/b/a", null, "b", true, Owner.NOBODY)), now);
    assertThat(status().leaked()).isEqualTo(1);
    assertThat(pool.inspection("repofleet", false).ending())
        .extracting(left -> left.leaseId())
        .containsExactly("a");
    pool.inspected(stillThere("a"), now);
    assertThat(status().leaked()).isEqualTo(1);
    pool.inspection("repofleet", false);
    pool.resolved(List.of("a"), now);
    pool.inspected(stillThere("a"), now);
    assertThat(status().leaked()).as("it was gone before the look had ended").isZero();
  }

  @Test
  void whatIsOnlyBeingDeletedIsNotYetWithoutAnOwner() {
    pool = pool(places(1));
    ask("a");
    work();
    pool.inspection("repofleet", false);
    pool.inspected(
        new PoolInspectionOutcome(List.of("a"), List.of(), List.of(), List.of(), 0, null, null),
        now);
    assertThat(pool.ending()).extracting(left -> left.leaseId()).containsExactly("a");

    assertThat(pool.inspection("repofleet", false).ending()).as("it has just begun").isEmpty();
    assertThat(pool.inspection("repofleet", false).ending())
        .as("at the look after that it should be gone")
        .extracting(left -> left.leaseId())
        .containsExactly("a");
  }

  private static PoolInspectionOutcome stillThere(String lease) {
    return new PoolInspectionOutcome(
        List.of(), List.of(), List.of(), List.of(), 0, null, List.of(lease));
  }

  @Test
  void sandboxesOfOthersOnTheAccountAreToldOnceTheyWereLookedFor() {
    assertThat(status().foreign()).isNull();
    pool.inspected(
        new PoolInspectionOutcome(List.of(), List.of(), List.of(), List.of(), 7, null, null), now);
    assertThat(status().foreign()).isEqualTo(7);
  }

  private static PoolInspectionOutcome found(Stray stray) {
    return new PoolInspectionOutcome(
        List.of(), List.of(), List.of(), List.of(stray), 0, null, null);
  }

  @Test
  void nothingIsGivenBeyondTheMaximumHoweverItEnds() {
    pool = pool(places(2));
    List<PermitReply> first = ask("a", "b", "c");
    assertThat(first).hasSize(2);
    end("a", LeaseEnded.How.UNRESOLVED);
    assertThat(work()).isEmpty();
    assertThat(status().unresolved()).isEqualTo(1);
    pool.resolved(List.of("a"), now);
    List<String> leases = new ArrayList<>();
    work().forEach(reply -> leases.add(reply.leaseId()));
    assertThat(leases).containsExactly("c");
  }
}
