package dev.repofleet.workflows.review;

import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.Stage;
import dev.repofleet.workflows.StepFailure;
import dev.repofleet.workflows.activities.ActivityStubs;
import dev.repofleet.workflows.activities.agent.PromptKind;
import dev.repofleet.workflows.activities.agent.TurnBasis;
import dev.repofleet.workflows.activities.git.CloneInput;
import dev.repofleet.workflows.activities.git.CloneOutcome;
import dev.repofleet.workflows.activities.git.ResolveOutcome;
import dev.repofleet.workflows.activities.sandbox.LeaseInput;
import dev.repofleet.workflows.activities.sandbox.PauseInput;
import dev.repofleet.workflows.activities.sandbox.PrepareInput;
import dev.repofleet.workflows.activities.sandbox.PrepareOutcome.Restored;
import dev.repofleet.workflows.activities.sandbox.ReleaseInput;
import dev.repofleet.workflows.activities.sandbox.WakeInput;
import dev.repofleet.workflows.lease.LeaseRequest;
import dev.repofleet.workflows.lease.PermitReply;
import dev.repofleet.workflows.order.PlanOutline;
import dev.repofleet.workflows.order.ReviewInput;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInfo;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * One lease and its sandbox, from the first permit to the release: taken, filled, parked and woken,
 * ended. A sandbox that is parked has given its permit back, and gets one again before anything is
 * done in it. What is lost fails here, and is {@link ReviewSandbox}'s to make up for. Confined to
 * its workflow.
 */
final class ReviewLease {
  private static final Logger log = Workflow.getLogger(ReviewLease.class);

  /** Workers whose clocks are ahead miss every slot; so often in a row, and none is asked for. */
  private static final int MOST_MISSED = 3;

  private final ReviewInput input;
  private final ActivityStubs activities;
  private final ReviewLedger ledger;
  private final Permit permit;

  private final String id;

  /** Whose next process may be {@link #incarnation}, the first that runs here. */
  private final int turn;

  private final int incarnation;

  /** The latest for which a sandbox was asked; its fence is the sandbox's. */
  private @Nullable PermitReply permitted;

  private @Nullable String sandboxId;
  private boolean parked;

  /** The permit to wake it, until that is done. */
  private @Nullable PermitReply permittedToWake;

  /** The checkpoint that it was rebuilt from. */
  private @Nullable Restored restored;

  /** What an agent left running could read the next lease's token: such a sandbox is not kept. */
  private boolean tokenWasHere;

  /**
   * A lease that has no permit yet.
   *
   * @param number of it among the leases of this run, from 0
   * @param turn that will run next
   * @param incarnation of its first process here
   */
  ReviewLease(
      ReviewInput input,
      ActivityStubs activities,
      ReviewLedger ledger,
      Permit permit,
      int number,
      int turn,
      int incarnation) {
    this.input = input;
    this.activities = activities;
    this.ledger = ledger;
    this.permit = permit;
    this.turn = turn;
    this.incarnation = incarnation;
    // Named by the run before any Reset: a run that was reset finds the sandbox it had, and what it
    // leaves is deleted by the lease it shares. The workflow's id as its history has it: what the
    // pool says is known by this name, also where the history is replayed under another id.
    id =
        Fleet.reviewWorkflowId(input.batch(), input.key())
            + ":"
            + Workflow.getInfo().getOriginalExecutionRunId()
            + ":"
            + number;
    permit.begins(id);
  }

  /** Empty before there is one. */
  String sandboxId() {
    return sandboxId == null ? "" : sandboxId;
  }

  String fence() {
    return permitted == null || permitted.fence() == null ? "" : permitted.fence();
  }

  boolean isParked() {
    return parked;
  }

  /**
   * Waits for a permit, and gets a sandbox by it; again while E2B refuses.
   *
   * @param priority one of {@link LeaseRequest}'s
   * @throws TemporalFailure where E2B gives none for another reason
   */
  void take(int priority) {
    ledger.enter(Stage.LEASE);
    WorkflowInfo review = Workflow.getInfo();
    boolean lookFirst = !review.getRunId().equals(review.getOriginalExecutionRunId());
    int missed = 0;
    while (sandboxId == null) {
      permitted = permit.acquire(priority);
      try {
        sandboxId =
            ledger.leased(activities.leasing().lease(leaseInput(permitted, lookFirst, missed)));
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

  /**
   * Brings the commit into the sandbox and, where there is a checkpoint, the work up to it.
   *
   * @param asked what the turn that comes next is asked, by {@link PromptKind#id}
   */
  void fill(@Nullable String asked) {
    ResolveOutcome resolved = ledger.resolved();
    ledger.enter(Stage.CLONE);
    CloneOutcome cloned =
        activities
            .cloning()
            .cloneRepository(
                new CloneInput(
                    input.batch(),
                    input.key(),
                    sandboxId(),
                    input.target(),
                    resolved,
                    input.plan(),
                    id));
    ledger.cloned(cloned);
    tokenWasHere = Boolean.TRUE.equals(cloned.withLogin());
    ledger.enter(Stage.PREPARE);
    restored =
        ledger.prepared(
            activities
                .preparing()
                .prepare(
                    new PrepareInput(
                        input.batch(),
                        input.key(),
                        sandboxId(),
                        fence(),
                        input.generation(),
                        turn,
                        incarnation,
                        input.agent(),
                        input.plan(),
                        input.storeId(),
                        ledger.sessionId(),
                        resolved.commit(),
                        input.target().subpath(),
                        id,
                        asked)));
  }

  /** The last turn whose whole work is in the checkpoint it was rebuilt from; -1 when none is. */
  int restoredUpTo() {
    return restored == null ? -1 : restored.ended() ? restored.turn() : restored.turn() - 1;
  }

  /**
   * What a turn finds here; absent where nothing was rebuilt and nothing is to be skipped.
   *
   * @param asked what the turn is asked, by {@link PromptKind#id}
   */
  @Nullable TurnBasis basis(int of, @Nullable String asked) {
    int first = of == turn ? incarnation : 0;
    if (restored == null) {
      return first == 0 ? null : new TurnBasis(first, null, null, false);
    }
    boolean cutShort = restored.turn() == of && !restored.ended();
    int ended = restoredUpTo();
    return new TurnBasis(
        cutShort ? Math.max(first, restored.incarnation() + 1) : first,
        ended < 0 ? null : ended,
        cutShort ? restored.transcriptBefore(asked) : null,
        ledger.lastOwnTurnBefore(of) < turn);
  }

  /**
   * Waits for the permit to wake the sandbox, unless there is one.
   *
   * @return false when the pool wants it back instead
   */
  boolean mayWake() {
    ledger.enter(Stage.LEASE);
    if (permittedToWake == null) {
      permittedToWake = permit.acquireAgain(sandboxId(), ledger.lastTurnIsSaved()).orElse(null);
    }
    return permittedToWake != null;
  }

  /**
   * Wakes it, after {@link #mayWake}.
   *
   * @throws TemporalFailure where that fails; the permit is there still
   */
  void wake() {
    PermitReply given = Objects.requireNonNull(permittedToWake, "permit to wake");
    activities.leasing().wake(wakeInput(given));
    permittedToWake = null;
    parked = false; // it keeps the fence it was prepared with: nobody else has ever had that
    ledger.sandboxWorks();
  }

  /**
   * E2B has no room for it, and the permit goes back.
   *
   * @throws TemporalFailure the failure itself where it says something else
   */
  void refusedToWake(TemporalFailure failure) {
    permittedToWake = null;
    refused(failure);
    permit.parked(sandboxId());
  }

  private WakeInput wakeInput(PermitReply given) {
    return new WakeInput(
        given.leaseId(), sandboxId(), input.outline().sandboxTime(), given.notBefore());
  }

  /**
   * Keeps the sandbox with its memory, at no cost and without a permit. One that can't be paused
   * goes on with its permit. Nothing happens to what is parked, or never came to be.
   *
   * @return false when it is lost
   */
  boolean park() {
    if (parked || sandboxId == null) {
      return true;
    }
    permit.parks();
    try {
      parked =
          activities
              .releasing()
              .pause(
                  new PauseInput(
                      sandboxId, input.fleet(), id, Workflow.getInfo().getRunId(), permit.fence()))
              .paused();
      if (parked) {
        permit.parked(sandboxId);
        ledger.sandboxRests();
      } else {
        log.warn("Sandbox {} was lost before it could be paused", sandboxId);
      }
      return parked;
    } catch (TemporalFailure e) {
      CancellationScope.throwCanceled();
      log.warn("Sandbox {} could not be paused; it runs on to its timeout", sandboxId, e);
      return true;
    }
  }

  /** Whether the pool wants the parked sandbox back, and the review can do without it. */
  boolean isWantedBack() {
    return parked && permit.isAskedBack() && ledger.lastTurnIsSaved();
  }

  /**
   * Gives permit and sandbox back; also where it never came to be.
   *
   * @param well whether the review has ended well, so that the sandbox may be used again where the
   *     pool wants that
   */
  void end(boolean well) {
    boolean wanted = permitted != null && permitted.keep();
    boolean keep = well && !parked && wanted && !tokenWasHere;
    ledger.enter(Stage.RELEASE);
    try {
      activities
          .releasing()
          .release(
              new ReleaseInput(
                  input.fleet(),
                  id,
                  // One that was given and not taken is found by no label of this lease.
                  sandboxId == null ? permit.givenSandboxId() : sandboxId,
                  Workflow.getInfo().getRunId(),
                  parked,
                  keep));
    } catch (TemporalFailure e) {
      CancellationScope.throwCanceled();
      log.error("Lease {} could not be released: the pool must see to it", id, e);
      permit.unresolved(id, sandboxId);
    }
    ledger.sandboxRests();
    permit.ended(keep);
  }
}
