package dev.repofleet.workflows.testing;

import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.activities.agent.RunLoss;
import dev.repofleet.workflows.activities.agent.TurnInput;
import dev.repofleet.workflows.activities.sandbox.LeaseInput;
import dev.repofleet.workflows.activities.sandbox.LeaseOutcome;
import dev.repofleet.workflows.activities.sandbox.PauseInput;
import dev.repofleet.workflows.activities.sandbox.PauseOutcome;
import dev.repofleet.workflows.activities.sandbox.PrepareInput;
import dev.repofleet.workflows.activities.sandbox.ReleaseInput;
import dev.repofleet.workflows.activities.sandbox.ReleaseOutcome;
import dev.repofleet.workflows.activities.sandbox.WakeInput;
import dev.repofleet.workflows.lease.LeaseEnded;
import io.temporal.failure.ApplicationFailure;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The sandboxes of the tests, each from its lease to its release, and what was asked for them.
 * Whatever is done in one without its permit, or with another fence than it was prepared with,
 * fails. Thread-safe.
 */
public final class FakeSandboxes {
  private static final String ENVD = "0.6.13";

  private final FakePool pool;
  private final Map<String, String> leaseOfSandbox = new TreeMap<>();
  private final Map<String, String> fences = new HashMap<>();
  private final List<LeaseInput> leases = new ArrayList<>();
  private final List<PrepareInput> preparations = new ArrayList<>();
  private final List<PauseInput> pauses = new ArrayList<>();
  private final List<WakeInput> wakes = new ArrayList<>();
  private final List<ReleaseInput> releases = new ArrayList<>();
  private int refusals;
  private Cause refusal = Cause.SANDBOX_QUOTA;
  private @Nullable Long retryAfterSeconds;
  private int created;
  private int most;

  FakeSandboxes(FakePool pool) {
    this.pool = pool;
  }

  /** E2B refuses to create so many sandboxes. */
  public synchronized void refusing(int creations, Cause cause, @Nullable Long afterSeconds) {
    refusal = cause;
    retryAfterSeconds = afterSeconds;
    refusals = creations;
  }

  /** All there are vanish. */
  public synchronized void loseAll() {
    leaseOfSandbox.clear();
  }

  /** Those that live. */
  public synchronized Set<String> ids() {
    return Set.copyOf(leaseOfSandbox.keySet());
  }

  /** The most that lived at once. */
  public synchronized int most() {
    return most;
  }

  public synchronized List<LeaseInput> leases() {
    return List.copyOf(leases);
  }

  public synchronized List<PrepareInput> preparations() {
    return List.copyOf(preparations);
  }

  public synchronized List<PauseInput> pauses() {
    return List.copyOf(pauses);
  }

  public synchronized List<WakeInput> wakes() {
    return List.copyOf(wakes);
  }

  public synchronized List<ReleaseInput> releases() {
    return List.copyOf(releases);
  }

  synchronized LeaseOutcome lease(LeaseInput input) {
    leases.add(input);
    requirePermit("Lease", input.leaseId());
    if (refusals > 0) {
      refusals--;
      throw ApplicationFailure.newNonRetryableFailure(
          "E2B refuses", refusal.code(), retryAfterSeconds);
    }
    return new LeaseOutcome(sandboxOf(input.leaseId(), input.warmSandboxId()), ENVD);
  }

  private String sandboxOf(String leaseId, @Nullable String warm) {
    for (Map.Entry<String, String> sandbox : leaseOfSandbox.entrySet()) {
      if (sandbox.getValue().equals(leaseId)) {
        return sandbox.getKey();
      }
    }
    String sandboxId = warm == null ? "sandbox-" + created++ : warm;
    leaseOfSandbox.put(sandboxId, leaseId);
    most = Math.max(most, leaseOfSandbox.size());
    return sandboxId;
  }

  synchronized void prepare(PrepareInput input) {
    preparations.add(input);
    fences.put(input.sandboxId(), input.fence());
  }

  synchronized void requireFence(TurnInput input) {
    if (!input.fence().equals(fences.get(input.sandboxId()))) {
      throw DisturbedActivities.fatal(
          "turn " + input.turn() + " with a fence of another lease", "fenced");
    }
  }

  synchronized LeaseOutcome wake(WakeInput input) {
    wakes.add(input);
    if (!leaseOfSandbox.containsKey(input.sandboxId())) {
      throw ApplicationFailure.newNonRetryableFailure(
          input.sandboxId() + " is gone", Cause.SANDBOX_LOST.code());
    }
    return new LeaseOutcome(input.sandboxId(), ENVD);
  }

  synchronized PauseOutcome pause(PauseInput input) {
    pauses.add(input);
    boolean there = leaseOfSandbox.containsKey(input.sandboxId());
    String leaseId = input.leaseId();
    if (there && leaseId != null) {
      pool.ended(
          new LeaseEnded(
              leaseId,
              Objects.requireNonNull(input.runId(), "runId"),
              LeaseEnded.How.PARKED,
              input.sandboxId(),
              null));
    }
    return new PauseOutcome(there);
  }

  synchronized ReleaseOutcome release(ReleaseInput input) {
    releases.add(input);
    int before = leaseOfSandbox.size();
    if (!input.keep()) {
      leaseOfSandbox.values().removeIf(input.leaseId()::equals);
    }
    String runId = input.runId();
    if (runId != null) {
      pool.ended(
          new LeaseEnded(
              input.leaseId(),
              runId,
              input.keep() ? LeaseEnded.How.RETURNED : LeaseEnded.How.RELEASED,
              input.sandboxId(),
              null));
    }
    return new ReleaseOutcome(before - leaseOfSandbox.size());
  }

  /** Fails unless the sandbox lives and its lease has a permit. */
  synchronized void require(String activity, String sandboxId) {
    String leaseId = leaseOfSandbox.get(sandboxId);
    if (leaseId == null) {
      throw ApplicationFailure.newNonRetryableFailure(
          "sandbox " + sandboxId + " is gone",
          Cause.SANDBOX_LOST.code(),
          activity.equals("Run") ? new Object[] {new RunLoss(0, 3, FakeAgent.LOST, 60_000)} : null);
    }
    requirePermit(activity, leaseId);
  }

  private void requirePermit(String activity, String leaseId) {
    if (!pool.permits(leaseId)) {
      throw DisturbedActivities.fatal(
          activity + " of " + leaseId + " without a permit", "no_permit");
    }
  }
}
