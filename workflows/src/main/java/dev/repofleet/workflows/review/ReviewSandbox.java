package dev.repofleet.workflows.review;

import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.Stage;
import dev.repofleet.workflows.StepFailure;
import dev.repofleet.workflows.activities.ActivityStubs;
import dev.repofleet.workflows.activities.CloneInput;
import dev.repofleet.workflows.activities.LeaseInput;
import dev.repofleet.workflows.activities.PauseInput;
import dev.repofleet.workflows.activities.PrepareInput;
import dev.repofleet.workflows.activities.PrepareOutcome.Restored;
import dev.repofleet.workflows.activities.ReleaseInput;
import dev.repofleet.workflows.activities.ResolveOutcome;
import dev.repofleet.workflows.activities.TurnBasis;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.Workflow;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * The sandbox of a review: one at a time, each with a lease of its own. What is lost is rebuilt
 * from the latest checkpoint. Confined to its workflow.
 */
final class ReviewSandbox {
  private static final Logger log = Workflow.getLogger(ReviewSandbox.class);

  /** A repository that takes its sandboxes down with it must not go on for ever. */
  private static final int MOST_LOSSES = 6;

  private final ReviewInput input;
  private final ActivityStubs activities;
  private final ReviewLedger ledger;
  private final Gate gate;

  private int leases;
  private int losses;
  private @Nullable Lease lease;

  /**
   * A lease and what the sandbox was given.
   *
   * @param restored the checkpoint it was rebuilt from
   * @param turn whose next process may be {@code incarnation}, the first that runs here
   */
  private record Lease(
      String id,
      String fence,
      @Nullable String sandboxId,
      @Nullable Restored restored,
      int turn,
      int incarnation) {}

  ReviewSandbox(ReviewInput input, ActivityStubs activities, ReviewLedger ledger, Gate gate) {
    this.input = input;
    this.activities = activities;
    this.ledger = ledger;
    this.gate = gate;
  }

  /** Whether there is one now, running or paused. */
  boolean isOpen() {
    return lease != null;
  }

  String id() {
    return held().sandboxId == null ? "" : held().sandboxId;
  }

  String fence() {
    return held().fence;
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

  /** False when the sandbox was lost on the way. */
  private boolean openOnce(int turn, int incarnation) {
    try {
      leaseOne(turn, incarnation);
      fill();
      return true;
    } catch (TemporalFailure e) {
      if (!lost(e)) {
        throw e;
      }
      log.warn("Sandbox {} was lost before anything ran in it", held().sandboxId);
      losses++;
      release();
      return false;
    }
  }

  private void leaseOne(int turn, int incarnation) {
    // Named by the run before any Reset: a run that was reset finds the sandbox it had, and what it
    // leaves is deleted by the lease it shares.
    String id =
        Workflow.getInfo().getWorkflowId()
            + ":"
            + Workflow.getInfo().getOriginalExecutionRunId()
            + ":"
            + leases++;
    String fence = Workflow.randomUUID().toString().replace("-", "");
    lease = new Lease(id, fence, null, null, turn, incarnation);
    ledger.enter(Stage.LEASE);
    PlanOutline plan = input.outline();
    String sandboxId =
        ledger.leased(
            activities
                .leasing()
                .lease(
                    new LeaseInput(
                        input.fleet(),
                        id,
                        plan.template(),
                        plan.sandboxTime(),
                        Workflow.getInfo().getWorkflowId(),
                        0,
                        null,
                        false)));
    lease = new Lease(id, fence, sandboxId, null, turn, incarnation);
  }

  private void fill() {
    Lease held = held();
    ResolveOutcome resolved = ledger.resolved();
    ledger.enter(Stage.CLONE);
    ledger.cloned(
        activities
            .cloning()
            .cloneRepository(
                new CloneInput(
                    input.batch(), input.key(), id(), input.target(), resolved, input.plan())));
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
                        held.fence,
                        input.generation(),
                        held.turn,
                        held.incarnation,
                        input.agent(),
                        input.plan(),
                        input.storeId(),
                        ledger.sessionId(),
                        resolved.commit(),
                        input.target().subpath())));
    lease = new Lease(held.id, held.fence, held.sandboxId, restored, held.turn, held.incarnation);
  }

  /** A turn that has ended is not run again, so what it changed must be here. */
  private void requireWorkOfTurnsBefore(int turn) {
    int needed = turn - 1;
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

  /** Does something in the sandbox; when that is lost meanwhile, in another one once more. */
  <T> T surviving(Supplier<T> step) {
    while (true) {
      Stage stage = ledger.stage();
      try {
        return step.get();
      } catch (TemporalFailure e) {
        if (!lost(e)) {
          throw e;
        }
        reopen(ledger.turnCount(), 0);
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
        cutShort ? restored.transcriptBefore() : null,
        turn == held.turn);
  }

  /** Keeps it with its memory, at no cost. One that is gone is no matter here. */
  void pause() {
    if (held().sandboxId == null) {
      return;
    }
    try {
      activities.pausing().pause(new PauseInput(id()));
      ledger.sandboxRests();
    } catch (TemporalFailure e) {
      CancellationScope.throwCanceled();
      log.warn("Sandbox {} could not be paused; it runs on to its timeout", held().sandboxId, e);
    }
  }

  /**
   * Ends the lease; also of a sandbox that never came to be. Nothing happens when there is none.
   */
  void release() {
    if (lease == null) {
      return;
    }
    ledger.enter(Stage.RELEASE);
    try {
      activities.releasing().release(new ReleaseInput(input.fleet(), lease.id, lease.sandboxId));
    } catch (TemporalFailure e) {
      CancellationScope.throwCanceled();
      log.error(
          "Lease {} could not be released: the sandbox pauses by itself at its timeout and must be"
              + " deleted by hand",
          lease.id,
          e);
    }
    ledger.sandboxRests();
    lease = null;
  }
}
