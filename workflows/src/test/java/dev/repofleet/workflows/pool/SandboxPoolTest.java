package dev.repofleet.workflows.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.lease.LeaseEnded;
import dev.repofleet.workflows.lease.PermitReply;
import dev.repofleet.workflows.lease.ProviderTrouble;
import dev.repofleet.workflows.pool.settings.PoolSettingsChange;
import dev.repofleet.workflows.testing.Inputs;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who gets a permit and when, within what the account and the model's provider give. */
class SandboxPoolTest extends WithPool {
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
    pool = ofBefore(places(10));
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
}
