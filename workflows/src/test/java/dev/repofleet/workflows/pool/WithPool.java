package dev.repofleet.workflows.pool;

import dev.repofleet.workflows.lease.LeaseEnded;
import dev.repofleet.workflows.lease.LeaseRequest;
import dev.repofleet.workflows.lease.PermitReply;
import dev.repofleet.workflows.pool.settings.PoolSettings;
import dev.repofleet.workflows.pool.settings.PoolSettingsChange;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A pool of the default settings, its clock, and reviews that ask and end. */
abstract class WithPool {
  static final long MINUTE = 60_000;

  long now = 1_000_000;
  private int fences;
  SandboxPool pool = pool(PoolSettings.DEFAULT);

  SandboxPool pool(PoolSettings settings) {
    return new SandboxPool(
        PoolCarry.nothing(settings), lease -> "fence-" + fences++, change -> true);
  }

  /** As one replays whose history was recorded before anything had a version. */
  SandboxPool ofBefore(PoolSettings settings) {
    return new SandboxPool(
        PoolCarry.nothing(settings), lease -> "fence-" + fences++, change -> false);
  }

  static PoolSettings places(int maximum) {
    return PoolSettings.DEFAULT.with(
        new PoolSettingsChange(maximum, null, null, null, null, null, null, null));
  }

  static LeaseRequest request(String lease) {
    return request(lease, null);
  }

  static LeaseRequest request(String lease, @Nullable String parked) {
    return new LeaseRequest(
        lease, "review/b/" + lease, "run-" + lease, "b", 1, "claude", "acme/app", parked);
  }

  List<PermitReply> ask(String... leases) {
    for (String lease : leases) {
      pool.acquire(request(lease), now);
    }
    return work();
  }

  List<PermitReply> work() {
    pool.work(now);
    List<PermitReply> replies = pool.outbox().take();
    pool.outbox().told(replies);
    return replies;
  }

  void end(String lease, LeaseEnded.How how) {
    pool.ended(LeaseEnded.of(lease, "run-" + lease, how), now);
  }

  PoolStatus status() {
    return pool.status("pool", now);
  }
}
