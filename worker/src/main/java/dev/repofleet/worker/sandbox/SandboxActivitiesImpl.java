package dev.repofleet.worker.sandbox;

import dev.repofleet.e2b.E2bClient;
import dev.repofleet.e2b.E2bException;
import dev.repofleet.e2b.RateLimitedException;
import dev.repofleet.e2b.Sandbox;
import dev.repofleet.e2b.SandboxInfo;
import dev.repofleet.e2b.SandboxNetwork;
import dev.repofleet.e2b.SandboxNotFoundException;
import dev.repofleet.e2b.SandboxState;
import dev.repofleet.worker.activity.AttemptTime;
import dev.repofleet.worker.activity.FailureMapper;
import dev.repofleet.worker.connection.SandboxConnections;
import dev.repofleet.worker.connection.SandboxLayout;
import dev.repofleet.worker.git.ScriptLease;
import dev.repofleet.worker.log.ActivityLogContext;
import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.activities.pool.WarmUpInput;
import dev.repofleet.workflows.activities.sandbox.LeaseInput;
import dev.repofleet.workflows.activities.sandbox.LeaseOutcome;
import dev.repofleet.workflows.activities.sandbox.PauseInput;
import dev.repofleet.workflows.activities.sandbox.PauseOutcome;
import dev.repofleet.workflows.activities.sandbox.PrepareInput;
import dev.repofleet.workflows.activities.sandbox.PrepareOutcome;
import dev.repofleet.workflows.activities.sandbox.ReleaseInput;
import dev.repofleet.workflows.activities.sandbox.ReleaseOutcome;
import dev.repofleet.workflows.activities.sandbox.SandboxActivities;
import dev.repofleet.workflows.activities.sandbox.WakeInput;
import dev.repofleet.workflows.client.LeaseLabels;
import dev.repofleet.workflows.lease.LeaseEnded;
import io.temporal.activity.Activity;
import io.temporal.activity.ActivityExecutionContext;
import io.temporal.activity.ActivityInfo;
import io.temporal.failure.ApplicationFailure;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Leases, prepares, pauses and releases sandboxes, and tells their pool of the permits that come
 * back. Thread-safe.
 */
public final class SandboxActivitiesImpl implements SandboxActivities {
  private static final Logger log = LoggerFactory.getLogger(SandboxActivitiesImpl.class);

  /** Longer, and the slots of others are used. */
  private static final Duration SLOT = Duration.ofSeconds(1);

  private static final Duration KEY_RETRY = Duration.ofMinutes(5);

  private final E2bClient client;
  private final SandboxConnections connections;
  private final SandboxPreparation preparation;
  private final SandboxCreation creation;
  private final PoolLink pools;

  /** Works through {@code client}, which stays its owner's to close. */
  public SandboxActivitiesImpl(
      E2bClient client,
      SandboxConnections connections,
      SandboxPreparation preparation,
      SandboxCreation creation,
      PoolLink pools) {
    this.client = client;
    this.connections = connections;
    this.preparation = preparation;
    this.creation = creation;
    this.pools = pools;
  }

  @Override
  public LeaseOutcome lease(LeaseInput input) {
    ActivityExecutionContext context = Activity.getExecutionContext();
    AttemptTime time = AttemptTime.of(context);
    AttemptTime.await(context.getInfo(), input.notBefore());
    SandboxCreation.Order order =
        new SandboxCreation.Order(
            input.fleet(), input.leaseId(), input.template(), input.workflowId());
    try {
      Optional<LeaseOutcome> warm = takeWarm(input, context.getInfo(), time);
      if (warm.isPresent()) {
        return warm.get();
      }
      Optional<SandboxInfo> found =
          context.getInfo().getAttempt() > 1
                  || input.lookFirst()
                  || isReset(input.leaseId(), context.getInfo())
              ? find(input, context)
              : Optional.empty();
      if (found.isPresent()) {
        boolean asleep = found.get().state() == SandboxState.PAUSED;
        return wake(input.leaseId(), found.get().sandboxId(), input.sandboxTime(), asleep);
      }
      requireSlot(input);
      String created = creation.create(order, context).sandboxId();
      return wake(input.leaseId(), created, input.sandboxTime(), false);
    } catch (E2bException e) {
      throw waitingForAKey(e, creation.failed(e, order, context));
    }
  }

  /**
   * Only a person can mend a key that is refused: a fleet of thousands must not fail meanwhile, one
   * review after the other.
   */
  private static ApplicationFailure waitingForAKey(E2bException e, ApplicationFailure failure) {
    return FailureMapper.refusesTheKey(e)
        ? FailureMapper.failure(
            Cause.of(failure.getType()), failure.getOriginalMessage(), e, KEY_RETRY)
        : failure;
  }

  /**
   * After an outage all that waited would create at once: who is late for the slot of its permit
   * needs another one.
   */
  private static void requireSlot(LeaseInput input) {
    long late = System.currentTimeMillis() - input.notBefore();
    if (input.notBefore() > 0 && late > SLOT.toMillis()) {
      throw FailureMapper.refusal(
          Cause.SANDBOX_CREATE_RATE,
          "lease " + input.leaseId() + " is " + late + " ms late for its slot",
          null,
          0L);
    }
  }

  /** A review that was reset asks for its lease anew, and may have left the sandbox of before. */
  private static boolean isReset(String leaseId, ActivityInfo attempt) {
    return !leaseId.contains(attempt.getWorkflowRunId());
  }

  /**
   * Whether the lease gave it back before its review was reset: it keeps the label of the lease it
   * was created for, and is the pool's or another lease's now. One that sleeps and can't be woken
   * is left to whoever looks after sandboxes without an owner.
   */
  private boolean wasReturned(String sandboxId, String leaseId) {
    try {
      return SandboxCleaning.wasReturned(client, sandboxId, leaseId);
    } catch (SandboxNotFoundException e) {
      return false;
    } catch (RateLimitedException e) {
      log.info("Lease {}: {} is left asleep: {}", leaseId, sandboxId, e.getMessage());
      return true;
    }
  }

  /**
   * Wakes it and extends its life. One that was asleep takes a place of the account, which may
   * refuse; one that runs has its place, and no refusal is told of it.
   */
  private LeaseOutcome wake(String leaseId, String sandboxId, Duration atLeast, boolean asleep) {
    try {
      Sandbox sandbox = SandboxConnections.connect(client, sandboxId, atLeast);
      ActivityLogContext.sandbox(sandboxId);
      log.info("Lease {} has sandbox {}", leaseId, sandboxId);
      return new LeaseOutcome(sandboxId, sandbox.envdVersion());
    } catch (RateLimitedException e) {
      if (asleep) {
        throw creation.refused(e, leaseId);
      }
      throw e;
    }
  }

  @Override
  public LeaseOutcome wake(WakeInput input) {
    ActivityExecutionContext context = Activity.getExecutionContext();
    AttemptTime time = AttemptTime.of(context);
    AttemptTime.await(context.getInfo(), input.notBefore());
    try {
      boolean asleep = client.get(input.sandboxId()).state() == SandboxState.PAUSED;
      time.require("lease " + input.leaseId() + " wakes its sandbox");
      return wake(input.leaseId(), input.sandboxId(), input.sandboxTime(), asleep);
    } catch (E2bException e) {
      throw waitingForAKey(
          e, FailureMapper.map(e, "sandbox " + input.sandboxId() + " can't be woken"));
    }
  }

  /** Empty when there is none to take, or it has died. */
  private Optional<LeaseOutcome> takeWarm(
      LeaseInput input, ActivityInfo attempt, AttemptTime time) {
    String warm = input.warmSandboxId();
    if (warm == null) {
      return Optional.empty();
    }
    try {
      boolean asleep = client.get(warm).state() == SandboxState.PAUSED;
      time.require("lease " + input.leaseId());
      LeaseOutcome taken = wake(input.leaseId(), warm, input.sandboxTime(), asleep);
      if (isReset(input.leaseId(), attempt)) {
        switch (cleanOfRunBefore(input, warm, attempt)) {
          case CLEANED -> {}
          case ANOTHERS ->
              throw FailureMapper.passing(
                  Cause.INTERNAL,
                  "sandbox " + warm + " has been cleaned and taken by another attempt meanwhile",
                  null);
          case FAILED -> {
            client.kill(warm);
            return Optional.empty();
          }
        }
      }
      // The agent of the lease before was walled in; this one's clone comes first.
      time.require("lease " + input.leaseId());
      client.updateNetwork(warm, SandboxNetwork.open());
      return Optional.of(taken);
    } catch (SandboxNotFoundException e) {
      log.info("Lease {}: {} has died while it waited", input.leaseId(), warm);
      return Optional.empty();
    }
  }

  /** An agent of the run before the Reset may be at work there; nobody follows it any more. */
  private SandboxCleaning.Result cleanOfRunBefore(
      LeaseInput input, String sandboxId, ActivityInfo attempt) {
    Sandbox sandbox = SandboxConnections.connect(client, sandboxId, input.sandboxTime());
    String before = input.leaseId() + " before " + attempt.getWorkflowRunId();
    return SandboxCleaning.clean(sandbox, before);
  }

  /** The sandbox an earlier attempt created; what a run before a Reset left is deleted. */
  private Optional<SandboxInfo> find(LeaseInput input, ActivityExecutionContext context) {
    List<SandboxInfo> found = new ArrayList<>();
    for (SandboxInfo one : creation.ofLease(input.fleet(), input.leaseId())) {
      if (context.getInfo().getWorkflowRunId().equals(one.metadata().get(LeaseLabels.RUN))) {
        found.add(one);
      } else if (isOfAnotherOpenRun(one, context.getInfo())) {
        throw FailureMapper.passing(
            Cause.INTERNAL, "lease " + input.leaseId() + " is another run's now", null);
      } else if (!wasReturned(one.sandboxId(), input.leaseId())) {
        // An agent of the run before the Reset may be at work there; nobody follows it any more.
        log.info("Lease {}: deleting {}, left by a Reset", input.leaseId(), one.sandboxId());
        client.kill(one.sandboxId());
      }
    }
    if (found.isEmpty()) {
      return Optional.empty();
    }
    for (SandboxInfo extra : found.subList(1, found.size())) {
      log.warn("Lease {} has a second sandbox {}: deleting it", input.leaseId(), extra.sandboxId());
      client.kill(extra.sandboxId());
    }
    return Optional.of(found.get(0));
  }

  /**
   * Whether a run that goes on created it for this lease. Then this activity's own run is the one
   * before a Reset, and its worker has not heard of that yet.
   */
  private boolean isOfAnotherOpenRun(SandboxInfo sandbox, ActivityInfo attempt) {
    String run = sandbox.metadata().get(LeaseLabels.RUN);
    if (run == null || run.equals(attempt.getWorkflowRunId())) {
      return false;
    }
    try {
      return pools.isOpen(attempt.getWorkflowId(), run);
    } catch (RuntimeException e) {
      throw FailureMapper.passing(
          Cause.INTERNAL, "it is not known whether run " + run + " has ended", e);
    }
  }

  @Override
  public PrepareOutcome prepare(PrepareInput input) {
    AttemptTime time = AttemptTime.current();
    Sandbox sandbox = connections.connect(input.sandboxId());
    ScriptLease lease = ScriptLease.of(input.leaseId(), Activity.getExecutionContext().getInfo());
    try {
      return preparation.prepare(sandbox, input, lease, time);
    } catch (E2bException e) {
      throw FailureMapper.map(e, "sandbox " + input.sandboxId() + " can't be prepared");
    }
  }

  @Override
  public PauseOutcome pause(PauseInput input) {
    AttemptTime time = AttemptTime.of(Activity.getExecutionContext());
    String what = "sandbox " + input.sandboxId() + " is paused";
    try {
      time.require(what);
      client.pause(input.sandboxId());
    } catch (SandboxNotFoundException e) {
      return new PauseOutcome(false);
    } catch (E2bException e) {
      throw FailureMapper.map(e, "sandbox " + input.sandboxId() + " can't be paused");
    }
    time.require(what); // the pool must not hear it of a sandbox that was woken since
    String leaseId = input.leaseId();
    String runId = input.runId();
    if (leaseId != null && runId != null) {
      tell(
          input.fleet(),
          new LeaseEnded(
              leaseId, runId, LeaseEnded.How.PARKED, input.sandboxId(), null, input.fence()));
    }
    return new PauseOutcome(true);
  }

  /** The pool must hear it, so the activity ends well only then. */
  private void tell(@Nullable String fleet, LeaseEnded ended) {
    if (fleet == null) {
      return;
    }
    try {
      pools.ended(fleet, ended);
    } catch (RuntimeException e) {
      throw FailureMapper.passing(
          Cause.INTERNAL, "the pool could not be told of lease " + ended.leaseId(), e);
    }
  }

  @Override
  public ReleaseOutcome release(ReleaseInput input) {
    AttemptTime time = AttemptTime.of(Activity.getExecutionContext());
    String sandboxId = input.sandboxId();
    try {
      if (sandboxId != null && input.keep() && !wasMadeAhead(sandboxId)) {
        SandboxCleaning.Result cleaned = clean(sandboxId, input.leaseId());
        if (cleaned != SandboxCleaning.Result.FAILED) {
          int killed = killAll(input, sandboxId, time);
          if (cleaned == SandboxCleaning.Result.CLEANED) {
            ended(input, LeaseEnded.How.RETURNED, sandboxId);
          }
          return new ReleaseOutcome(killed);
        }
      }
      int killed = 0;
      boolean returned =
          sandboxId != null
              && !input.paused()
              && isReset(input.leaseId(), Activity.getExecutionContext().getInfo())
              && wasReturned(sandboxId, input.leaseId());
      if (returned) {
        log.info("Lease {} had given {} back before the Reset", input.leaseId(), sandboxId);
      } else if (sandboxId != null) {
        if (!input.paused()) {
          time.require("lease " + input.leaseId());
          takeFenceAway(sandboxId);
        }
        time.require("lease " + input.leaseId());
        killed += client.kill(sandboxId) ? 1 : 0;
      } else if (input.runId() != null) {
        // A create may have been under way, and its sandbox not be listed yet.
        AttemptTime.sleep(SandboxCreation.SHOWS_UP);
      }
      killed += killAll(input, returned ? sandboxId : null, time);
      ended(input, LeaseEnded.How.RELEASED, returned ? null : sandboxId);
      return new ReleaseOutcome(killed);
    } catch (E2bException e) {
      throw FailureMapper.map(e, "lease " + input.leaseId() + " can't be released");
    }
  }

  /**
   * Its label, which is for life, would let the next clone take it for new and send a login there.
   * False where it is gone.
   */
  private boolean wasMadeAhead(String sandboxId) {
    try {
      return client
          .get(sandboxId)
          .metadata()
          .getOrDefault(LeaseLabels.LEASE, "")
          .startsWith(WarmUpInput.LABEL);
    } catch (SandboxNotFoundException e) {
      return false;
    }
  }

  /** All with the lease's label, but for what a Reset of its review has created since. */
  private int killAll(ReleaseInput input, @Nullable String except, AttemptTime time) {
    int killed = 0;
    for (SandboxInfo left : creation.ofLease(input.fleet(), input.leaseId())) {
      ActivityInfo attempt = Activity.getExecutionContext().getInfo();
      if (left.sandboxId().equals(except)
          || isOfAnotherOpenRun(left, attempt)
          || (isReset(input.leaseId(), attempt)
              && wasReturned(left.sandboxId(), input.leaseId()))) {
        continue;
      }
      time.require("lease " + input.leaseId());
      killed += client.kill(left.sandboxId()) ? 1 : 0;
    }
    return killed;
  }

  private void ended(ReleaseInput input, LeaseEnded.How how, @Nullable String sandboxId) {
    String runId = input.runId();
    if (runId != null) {
      tell(input.fleet(), new LeaseEnded(input.leaseId(), runId, how, sandboxId, null));
    }
  }

  /**
   * One that is gone can't be used again. One that does not answer is tried again and never killed
   * for it: an earlier attempt may have returned it, and another lease may have it.
   */
  private SandboxCleaning.Result clean(String sandboxId, String leaseId) {
    try {
      return SandboxCleaning.clean(
          SandboxConnections.connect(client, sandboxId, SandboxCreation.UNCLAIMED), leaseId);
    } catch (SandboxNotFoundException e) {
      return SandboxCleaning.Result.FAILED;
    }
  }

  /** Refuses late starts in the moments before the kill; the kill itself makes it certain. */
  private void takeFenceAway(String sandboxId) {
    try {
      SandboxConnections.connect(client, sandboxId, SandboxCreation.UNCLAIMED)
          .withUser(SandboxLayout.ROOT)
          .files()
          .write(SandboxLayout.STATE + "/fence", "released".getBytes(StandardCharsets.UTF_8));
    } catch (E2bException e) {
      log.debug("Fence of sandbox {} not taken away: {}", sandboxId, e.getMessage());
    }
  }
}
