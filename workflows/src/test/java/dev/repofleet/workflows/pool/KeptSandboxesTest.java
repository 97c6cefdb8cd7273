package dev.repofleet.workflows.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.workflows.lease.LeaseEnded;
import dev.repofleet.workflows.lease.LeaseRequest;
import dev.repofleet.workflows.lease.PermitReply;
import dev.repofleet.workflows.pool.settings.PoolSettings;
import dev.repofleet.workflows.pool.settings.PoolSettingsChange;
import dev.repofleet.workflows.pool.settings.Reuse;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Sandboxes without a run: paused, warm, or kept for their repository. */
class KeptSandboxesTest extends WithPool {
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
    pool = ofBefore(warm());
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
    return Objects.requireNonNull(warm);
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
}
