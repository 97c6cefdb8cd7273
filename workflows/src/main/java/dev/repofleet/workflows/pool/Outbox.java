package dev.repofleet.workflows.pool;

import dev.repofleet.workflows.lease.LeaseRequest;
import dev.repofleet.workflows.lease.PermitReply;
import dev.repofleet.workflows.pool.PoolCarry.Held;
import dev.repofleet.workflows.pool.PoolCarry.Parked;
import java.util.ArrayList;
import java.util.List;

/** What reviews are to be told, and what became of telling them. Not thread-safe. */
final class Outbox {
  private final LeaseBook leases;
  private final WaitingLine line;
  private final List<PermitReply> replies = new ArrayList<>();

  Outbox(LeaseBook leases, WaitingLine line) {
    this.leases = leases;
    this.line = line;
  }

  void add(PermitReply reply) {
    replies.add(reply);
  }

  int size() {
    return replies.size();
  }

  boolean isEmpty() {
    return replies.isEmpty();
  }

  /** Takes all of it. */
  List<PermitReply> take() {
    List<PermitReply> taken = List.copyOf(replies);
    replies.clear();
    return taken;
  }

  /** These were told, or may have been. */
  void told(List<PermitReply> delivered) {
    delivered.forEach(one -> leases.told(one.leaseId()));
  }

  /** A holder had ended. If it never knew of its permit, nothing was created under it. */
  void holderGone(String leaseId) {
    Held has = leases.held(leaseId);
    if (has != null && has.untold() && !has.mayExist()) {
      leases.forget(leaseId);
    }
  }

  /** Nobody was told: who has got a permit that he can't know of goes back to the line. */
  void notTold(List<PermitReply> kept, long now) {
    for (PermitReply reply : kept) {
      Held has = leases.held(reply.leaseId());
      if (has != null && has.untold() && !has.adopted()) {
        leases.takeBack(reply.leaseId());
        LeaseRequest request = has.request();
        if (request.parkedSandboxId() != null) {
          leases.park(new Parked(request, request.parkedSandboxId(), now, 0));
        }
        line.addFirst(request, now);
      }
    }
  }
}
