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
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * What becomes of permits and sandboxes where a pool, or a review, has lost or redone its state.
 */
class PoolRecoveryTest extends WithPool {
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
    pool = ofBefore(places(1));
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
}
