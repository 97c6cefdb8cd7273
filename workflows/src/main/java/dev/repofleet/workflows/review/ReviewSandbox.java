package dev.repofleet.workflows.review;

import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.Stage;
import dev.repofleet.workflows.StepFailure;
import dev.repofleet.workflows.activities.ActivityStubs;
import dev.repofleet.workflows.activities.CloneInput;
import dev.repofleet.workflows.activities.CloneOutcome;
import dev.repofleet.workflows.activities.LeaseInput;
import dev.repofleet.workflows.activities.PauseInput;
import dev.repofleet.workflows.activities.PrepareInput;
import dev.repofleet.workflows.activities.PrepareOutcome.Restored;
import dev.repofleet.workflows.activities.PromptKind;
import dev.repofleet.workflows.activities.ReleaseInput;
import dev.repofleet.workflows.activities.ResolveOutcome;
import dev.repofleet.workflows.activities.TurnBasis;
import dev.repofleet.workflows.activities.WakeInput;
import dev.repofleet.workflows.lease.LeaseRequest;
import dev.repofleet.workflows.lease.PermitReply;
import dev.repofleet.workflows.order.PlanOutline;
import dev.repofleet.workflows.order.ReviewInput;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.Promise;
import io.temporal.workflow.TimerOptions;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInfo;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * The sandbox of a review: one at a time, each with a lease of its own, for which the pool gives
 * the permit. What is lost is rebuilt from the latest checkpoint. A sandbox that is parked has
 * given its permit back, and gets it again before anything is done in it. Confined to its workflow.
 */
final class ReviewSandbox {
  private static final Logger log = Workflow.getLogger(ReviewSandbox.class);

  /** A repository that takes its sandboxes down with it must not go on for ever. */
  private static final int MOST_LOSSES = 6;

  /** Workers whose clocks are ahead miss every slot; so often in a row, and none is asked for. */
  private static final int MOST_MISSED = 3;

  private final ReviewInput input;
  private final ActivityStubs activities;
  private final ReviewLedger ledger;
  private final Gate gate;
  private final Permit permit;
  private final Outages outages = new Outages();

  private int leases;
  private int losses;
  private @Nullable String asked;

  /** What an agent left running could read the next lease's token: such a sandbox is not kept. */
  private boolean tokenWasHere;

  private @Nullable Lease lease;

  /**
   * A lease and what the sandbox was given.
   *
   * @param permit the first that it had; its fence is the sandbox's. Absent before there is one
   * @param parked whether the sandbox is paused and the permit given back
   * @param restored the checkpoint it was rebuilt from
   * @param turn whose next process may be {@code incarnation}, the first that runs here
   */
  private record Lease(
      String id,
      @Nullable PermitReply permit,
      @Nullable String sandboxId,
      boolean parked,
      @Nullable Restored restored,
      int turn,
      int incarnation) {

    Lease by(PermitReply given) {
      return new Lease(id, given, sandboxId, parked, restored, turn, incarnation);
    }

    Lease in(String sandbox) {
      return new Lease(id, permit, sandbox, parked, restored, turn, incarnation);
    }

    Lease from(@Nullable Restored checkpoint) {
      return new Lease(id, permit, sandboxId, parked, checkpoint, turn, incarnation);
    }

    Lease parked(boolean is) {
      return new Lease(id, permit, sandboxId, is, restored, turn, incarnation);
    }
  }

  ReviewSandbox(
      ReviewInput input, ActivityStubs activities, ReviewLedger ledger, Gate gate, Permit permit) {
    this.input = input;
    this.activities = activities;
    this.ledger = ledger;
    this.gate = gate;
    this.permit = permit;
  }

  /** Whether there is one now, running or parked. */
  boolean isOpen() {
    return lease != null;
  }

  String id() {
    String id = held().sandboxId;
    return id == null ? "" : id;
  }

  String fence() {
    PermitReply permitted = held().permit;
    return permitted == null || permitted.fence() == null ? "" : permitted.fence();
  }

  /**
   * What the turn that comes next is asked, by {@link PromptKind#id}; absent before it is known.
   */
  void asks(@Nullable String prompt) {
    asked = prompt;
  }

  private Lease held() {
    if (lease == null) {
      throw new IllegalStateException("the review of " + input.key() + " holds no sandbox");
    }
    return lease;
  }

  /**
   * Gets a sandbox that holds the commit and, where there is a checkpoint, the work up to it.
   *
   * @param turn that will run next
   * @param incarnation of its first process here
   */
  void open(int turn, int incarnation) {
    boolean opened = false;
    while (!opened) {
      gate.pass();
      requireAnother();
      opened = openOnce(turn, incarnation);
    }
    requireWorkOfTurnsBefore(turn);
  }

  /** What was given back, as while a person is waited for, is no loss. */
  private void requireAnother() {
    if (losses >= MOST_LOSSES) {
      throw ApplicationFailure.newNonRetryableFailure(
          "the review lost " + losses + " sandboxes; it is given up", Cause.SANDBOX_LOST.code());
    }
  }

  /** False when the sandbox was lost on the way, or was not to be had and is asked for again. */
  private boolean openOnce(int turn, int incarnation) {
    try {
      leaseOne(turn, incarnation);
      fill();
      return true;
    } catch (TemporalFailure e) {
      if (lost(e)) {
        log.warn("Sandbox {} was lost before anything ran in it", held().sandboxId);
        losses++;
        release();
      } else if ((turn > 0 || incarnation > 0) && outages.mayPass(e)) {
        release();
        outages.await(e);
      } else {
        throw e;
      }
      return false;
    }
  }

  private void leaseOne(int turn, int incarnation) {
    // Named by the run before any Reset: a run that was reset finds the sandbox it had, and what it
    // leaves is deleted by the lease it shares. The workflow's id as its history has it: what the
    // pool says is known by this name, also where the history is replayed under another id.
    WorkflowInfo review = Workflow.getInfo();
    boolean first = leases == 0 && ledger.turnCount() == 0;
    String id =
        Fleet.reviewWorkflowId(input.batch(), input.key())
            + ":"
            + review.getOriginalExecutionRunId()
            + ":"
            + leases++;
    lease = new Lease(id, null, null, false, null, turn, incarnation);
    permit.begins(id);
    ledger.enter(Stage.LEASE);
    boolean lookFirst = !review.getRunId().equals(review.getOriginalExecutionRunId());
    int missed = 0;
    while (held().sandboxId == null) {
      PermitReply given = permit.acquire(first ? LeaseRequest.BEGINS : LeaseRequest.GOES_ON);
      lease = held().by(given);
      try {
        lease =
            held()
                .in(
                    ledger.leased(
                        activities.leasing().lease(leaseInput(given, lookFirst, missed))));
      } catch (TemporalFailure e) {
        missed = refused(e) ? missed + 1 : 0;
        lookFirst = true;
      }
    }
  }

  private LeaseInput leaseInput(PermitReply given, boolean lookFirst, int missed) {
    PlanOutline plan = input.outline();
    return new LeaseInput(
        input.fleet(),
        given.leaseId(),
        plan.template(),
        plan.sandboxTime(),
        Workflow.getInfo().getWorkflowId(),
        missed < MOST_MISSED ? given.notBefore() : 0,
        given.sandboxId(),
        lookFirst);
  }

  /**
   * The account has no room for the sandbox after all, or it is too late for the permit's slot: the
   * pool learns of it, and knows when. True when the slot was missed.
   */
  private boolean refused(TemporalFailure failure) {
    Cause cause = StepFailure.of(failure).cause();
    if (cause != Cause.SANDBOX_QUOTA && cause != Cause.SANDBOX_CREATE_RATE) {
      throw failure;
    }
    CancellationScope.throwCanceled();
    Long seconds = StepFailure.detail(failure, Long.class).orElse(null);
    boolean missed = cause == Cause.SANDBOX_CREATE_RATE && seconds != null && seconds == 0;
    if (missed) {
      log.info("Too late for the create slot of {}, which asks for another one", input.key());
    } else {
      log.info("E2B refuses the sandbox of {}: {}", input.key(), cause);
    }
    permit.refused(cause, seconds);
    return missed;
  }

  private void fill() {
    Lease held = held();
    ResolveOutcome resolved = ledger.resolved();
    ledger.enter(Stage.CLONE);
    CloneOutcome cloned =
        activities
            .cloning()
            .cloneRepository(
                new CloneInput(
                    input.batch(),
                    input.key(),
                    id(),
                    input.target(),
                    resolved,
                    input.plan(),
                    held.id));
    ledger.cloned(cloned);
    tokenWasHere = Boolean.TRUE.equals(cloned.withLogin());
    ledger.enter(Stage.PREPARE);
    Restored restored =
        ledger.prepared(
            activities
                .preparing()
                .prepare(
                    new PrepareInput(
                        input.batch(),
                        input.key(),
                        id(),
                        fence(),
                        input.generation(),
                        held.turn,
                        held.incarnation,
                        input.agent(),
                        input.plan(),
                        input.storeId(),
                        ledger.sessionId(),
                        resolved.commit(),
                        input.target().subpath(),
                        held.id,
                        asked)));
    lease = held().from(restored);
  }

  /** A turn that has ended is not run again, so what it changed must be here. */
  private void requireWorkOfTurnsBefore(int turn) {
    int needed = ledger.lastOwnTurnBefore(turn);
    Restored restored = held().restored;
    int there = restored == null ? -1 : restored.ended() ? restored.turn() : restored.turn() - 1;
    if (there < needed) {
      throw ApplicationFailure.newNonRetryableFailure(
          "what the agent changed up to turn "
              + needed
              + " went down with its sandbox, and no checkpoint has it",
          Cause.SANDBOX_LOST.code());
    }
  }

  /**
   * Sees to it that there is a sandbox with a permit: wakes the one that is parked, or gets another
   * one with the work so far. The stage stays what it was.
   */
  void require() {
    if (lease != null && !lease.parked) {
      return;
    }
    Stage stage = ledger.stage();
    if (lease == null || !wake()) {
      open(ledger.turnCount(), 0);
    }
    ledger.enter(stage);
  }

  /** False when it was given back in place of it, or is gone. */
  private boolean wake() {
    Optional<PermitReply> given = Optional.empty();
    while (true) {
      ledger.enter(Stage.LEASE);
      if (given.isEmpty()) {
        given = permit.acquireAgain(id(), ledger.lastTurnIsSaved());
      }
      if (given.isEmpty()) {
        release();
        return false;
      }
      try {
        activities.leasing().wake(wakeInput(given.get()));
        // It keeps the fence it was prepared with: nobody else has ever had that one.
        lease = held().parked(false);
        ledger.sandboxWorks();
        return true;
      } catch (TemporalFailure e) {
        if (lost(e)) {
          log.warn("Sandbox {} was lost while it was paused", id());
          losses++;
          release();
          return false;
        }
        if (outages.mayPass(e)) {
          boolean rebuilt = ledger.lastTurnIsSaved();
          if (rebuilt) {
            release();
          }
          outages.await(e);
          if (rebuilt) {
            return false;
          }
          continue; // nothing else has the work, and the permit is there
        }
        refused(e);
        permit.parked(id());
        given = Optional.empty();
      }
    }
  }

  private WakeInput wakeInput(PermitReply given) {
    return new WakeInput(given.leaseId(), id(), input.outline().sandboxTime(), given.notBefore());
  }

  private static TimerOptions timer(String summary) {
    return TimerOptions.newBuilder().setSummary(summary).build();
  }

  /**
   * Does something with what the agent left in the sandbox; once more after an outage, and in
   * another sandbox when this one is lost meanwhile.
   */
  <T> T surviving(Supplier<T> step) {
    while (true) {
      require();
      Stage stage = ledger.stage();
      try {
        return step.get();
      } catch (TemporalFailure e) {
        if (lost(e)) {
          reopen(ledger.turnCount(), 0);
        } else if (outages.mayPass(e)) {
          if (outages.lastLong() && ledger.lastTurnIsSaved()) {
            release(); // it may be this sandbox that hangs, and others want its place
          }
          outages.await(e);
        } else {
          throw e;
        }
        ledger.enter(stage);
      }
    }
  }

  /** Gives back the sandbox that was lost, which confirms its end, and gets another one. */
  void reopen(int turn, int incarnation) {
    losses++;
    if (isOpen()) {
      log.warn("Sandbox {} was lost; another one takes its place", held().sandboxId);
      release();
    }
    open(turn, incarnation);
  }

  static boolean lost(TemporalFailure failure) {
    return StepFailure.of(failure).cause() == Cause.SANDBOX_LOST;
  }

  /** What this turn finds here; absent where nothing was rebuilt and nothing is to be skipped. */
  @Nullable TurnBasis basis(int turn) {
    Lease held = held();
    Restored restored = held.restored;
    int first = turn == held.turn ? held.incarnation : 0;
    if (restored == null) {
      return first == 0 ? null : new TurnBasis(first, null, null, false);
    }
    boolean cutShort = restored.turn() == turn && !restored.ended();
    int ended = restored.ended() ? restored.turn() : restored.turn() - 1;
    return new TurnBasis(
        cutShort ? Math.max(first, restored.incarnation() + 1) : first,
        ended < 0 ? null : ended,
        cutShort ? restored.transcriptBefore(asked) : null,
        ledger.lastOwnTurnBefore(turn) < held.turn);
  }

  /**
   * Keeps it with its memory, at no cost and without a permit. One that is gone is given back; one
   * that can't be paused goes on with its permit.
   */
  void park() {
    if (lease == null || lease.parked || lease.sandboxId == null) {
      return;
    }
    permit.parks();
    try {
      boolean paused =
          activities
              .releasing()
              .pause(
                  new PauseInput(
                      id(),
                      input.fleet(),
                      held().id,
                      Workflow.getInfo().getRunId(),
                      permit.fence()))
              .paused();
      if (paused) {
        lease = held().parked(true);
        permit.parked(id());
        ledger.sandboxRests();
      } else {
        log.warn("Sandbox {} was lost before it could be paused", id());
        losses++;
        releaseAndStay();
      }
    } catch (TemporalFailure e) {
      CancellationScope.throwCanceled();
      log.warn("Sandbox {} could not be paused; it runs on to its timeout", held().sandboxId, e);
    }
  }

  /**
   * Waits beside the parked sandbox, which is given back meanwhile when the pool needs that and its
   * work is saved. The stage stays what it was.
   *
   * @return whether the condition holds now; false when the time is over
   */
  boolean rest(Duration atMost, String summary, BooleanSupplier condition) {
    if (condition.getAsBoolean()) {
      return true;
    }
    Promise<Void> timer = Workflow.newTimer(atMost, timer(summary));
    while (true) {
      Workflow.await(() -> condition.getAsBoolean() || timer.isCompleted() || isWantedBack());
      CancellationScope.throwCanceled();
      if (condition.getAsBoolean() || timer.isCompleted()) {
        return condition.getAsBoolean();
      }
      log.info("The pool asks for the paused sandbox of {}", input.key());
      releaseAndStay();
    }
  }

  private boolean isWantedBack() {
    return lease != null && lease.parked && permit.isAskedBack() && ledger.lastTurnIsSaved();
  }

  /** Gives back what a checkpoint has; the review stays where it is. */
  void releaseAndStay() {
    if (lease != null) {
      Stage stage = ledger.stage();
      release();
      ledger.enter(stage);
    }
  }

  /** Ends the lease and its sandbox. Nothing happens when there is none. */
  void release() {
    end(false);
  }

  /**
   * Ends the lease; also of a sandbox that never came to be. Nothing happens when there is none.
   *
   * @param well whether the review has ended well, so that the sandbox may be used again where the
   *     pool wants that
   */
  void end(boolean well) {
    if (lease == null) {
      return;
    }
    Lease ending = lease;
    boolean wanted = ending.permit != null && ending.permit.keep();
    boolean keep = well && !ending.parked && wanted && !tokenWasHere;
    ledger.enter(Stage.RELEASE);
    try {
      activities
          .releasing()
          .release(
              new ReleaseInput(
                  input.fleet(),
                  ending.id,
                  // One that was given and not taken is found by no label of this lease.
                  ending.sandboxId == null ? permit.givenSandboxId() : ending.sandboxId,
                  Workflow.getInfo().getRunId(),
                  ending.parked,
                  keep));
    } catch (TemporalFailure e) {
      CancellationScope.throwCanceled();
      log.error("Lease {} could not be released: the pool must see to it", ending.id, e);
      permit.unresolved(ending.id, ending.sandboxId);
    }
    ledger.sandboxRests();
    lease = null;
    permit.ended(keep);
  }
}
