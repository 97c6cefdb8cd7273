package dev.repofleet.worker.pool;

import dev.repofleet.e2b.E2bClient;
import dev.repofleet.e2b.E2bException;
import dev.repofleet.e2b.RateLimitedException;
import dev.repofleet.e2b.SandboxInfo;
import dev.repofleet.e2b.SandboxState;
import dev.repofleet.worker.activity.AttemptTime;
import dev.repofleet.worker.connection.SandboxConnections;
import dev.repofleet.worker.sandbox.SandboxCreation;
import dev.repofleet.workflows.activities.pool.WarmUpInput;
import dev.repofleet.workflows.activities.pool.WarmUpOutcome;
import dev.repofleet.workflows.pool.settings.IdleState;
import io.temporal.activity.ActivityExecutionContext;
import java.util.List;

/** Creates sandboxes that wait for a lease. Thread-safe. */
final class WarmUps {
  private final E2bClient client;
  private final SandboxConnections connections;
  private final SandboxCreation creation;

  WarmUps(E2bClient client, SandboxConnections connections, SandboxCreation creation) {
    this.client = client;
    this.connections = connections;
    this.creation = creation;
  }

  /** The one of an earlier attempt whose answer was lost, or a new one. */
  WarmUpOutcome warmUp(WarmUpInput input, ActivityExecutionContext context) {
    AttemptTime time = AttemptTime.of(context);
    AttemptTime.await(context.getInfo(), input.notBefore());
    SandboxCreation.Order order =
        new SandboxCreation.Order(input.fleet(), input.leaseId(), input.template(), null);
    try {
      List<SandboxInfo> found =
          context.getInfo().getAttempt() == 1
              ? List.of()
              : creation.ofLease(input.fleet(), input.leaseId());
      for (SandboxInfo extra : found.subList(Math.min(1, found.size()), found.size())) {
        time.require(input.leaseId());
        client.kill(extra.sandboxId());
      }
      if (found.isEmpty()) {
        return new WarmUpOutcome(
            settle(input, creation.create(order, context).sandboxId(), false, time));
      }
      SandboxInfo kept = found.get(0);
      return new WarmUpOutcome(
          settle(input, kept.sandboxId(), kept.state() == SandboxState.PAUSED, time));
    } catch (E2bException e) {
      throw creation.failed(e, order, context);
    }
  }

  /**
   * Brings it into the state it waits in; a review may have it once another attempt has done so.
   */
  private String settle(WarmUpInput input, String sandboxId, boolean asleep, AttemptTime time) {
    time.require(input.leaseId());
    if (input.state() == IdleState.PAUSED) {
      if (!asleep) {
        client.pause(sandboxId);
      }
      return sandboxId;
    }
    try {
      connections.connectOrThrow(sandboxId, input.lifetime());
    } catch (RateLimitedException e) {
      if (asleep) {
        throw creation.refused(e, input.leaseId());
      }
      throw e;
    }
    return sandboxId;
  }
}
