package dev.repofleet.workflows.review;

import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.Stage;
import dev.repofleet.workflows.StepFailure;
import dev.repofleet.workflows.activities.ActivityStubs;
import dev.repofleet.workflows.activities.agent.PromptKind;
import dev.repofleet.workflows.activities.agent.TurnBasis;
import dev.repofleet.workflows.lease.LeaseRequest;
import dev.repofleet.workflows.order.ReviewInput;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.Promise;
import io.temporal.workflow.TimerOptions;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * The sandbox of a review, which is one at a time, each by a {@link ReviewLease} of its own. What
 * is lost is rebuilt from the latest checkpoint, and what is paid for waits for an outage to end.
 * Confined to its workflow.
 */
final class ReviewSandbox {
  private static final Logger log = Workflow.getLogger(ReviewSandbox.class);

  /** A repository that takes its sandboxes down with it must not go on for ever. */
  private static final int MOST_LOSSES = 6;

  private final ReviewInput input;
  private final ActivityStubs activities;
  private final ReviewLedger ledger;
  private final Gate gate;
  private final Permit permit;
  private final Outages outages = Outages.inSandbox();

  private int leases;
  private int losses;
  private @Nullable String asked;

  private @Nullable ReviewLease lease;

  ReviewSandbox(
      ReviewInput input, ActivityStubs activities, ReviewLedger ledger, Gate gate, Permit permit) {
    this.input = input;
    this.activities = activities;
    this.ledger = ledger;
    this.gate = gate;
    this.permit = permit;
  }

  String id() {
    return held().sandboxId();
  }

  String fence() {
    return held().fence();
  }

  /**
   * What the turn that comes next is asked, by {@link PromptKind#id}; absent before it is known.
   */
  void asks(@Nullable String prompt) {
    asked = prompt;
  }

  /** What this turn finds here; absent where nothing was rebuilt and nothing is to be skipped. */
  @Nullable TurnBasis basis(int turn) {
    return held().basis(turn, asked);
  }

  private ReviewLease held() {
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
      int priority =
          leases == 0 && ledger.turnCount() == 0 ? LeaseRequest.BEGINS : LeaseRequest.GOES_ON;
      ReviewLease next =
          new ReviewLease(input, activities, ledger, permit, leases++, turn, incarnation);
      lease = next;
      next.take(priority);
      next.fill(asked);
      return true;
    } catch (TemporalFailure e) {
      if (lost(e)) {
        log.warn("Sandbox {} was lost before anything ran in it", id());
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

  /** A turn that has ended is not run again, so what it changed must be here. */
  private void requireWorkOfTurnsBefore(int turn) {
    int needed = ledger.lastOwnTurnBefore(turn);
    if (held().restoredUpTo() < needed) {
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
   *
   * @param incarnation of the next turn's first process in another one
   */
  void require(int incarnation) {
    if (lease != null && !lease.isParked()) {
      return;
    }
    Stage stage = ledger.stage();
    if (lease == null || !wake(lease)) {
      open(ledger.turnCount(), incarnation > 0 && countsOn() ? incarnation : 0);
    }
    ledger.enter(stage);
  }

  /** Whether a turn's processes are counted on after several losses. */
  static boolean countsOn() {
    return Workflow.getVersion("counts processes on", Workflow.DEFAULT_VERSION, 1) >= 1;
  }

  /** False when it was given back in place of it, or is gone. */
  private boolean wake(ReviewLease parked) {
    while (true) {
      if (!parked.mayWake()) {
        release();
        return false;
      }
      try {
        parked.wake();
        return true;
      } catch (TemporalFailure e) {
        if (lost(e)) {
          log.warn("Sandbox {} was lost while it was paused", id());
          losses++;
          release();
          return false;
        }
        if (!outages.mayPass(e)) {
          parked.refusedToWake(e);
          continue;
        }
        boolean rebuilt = ledger.lastTurnIsSaved();
        if (rebuilt) {
          release();
        }
        outages.await(e); // where nothing else has the work, the permit is kept meanwhile
        if (rebuilt) {
          return false;
        }
      }
    }
  }

  /**
   * Does something with what the agent left in the sandbox; once more after an outage, and in
   * another sandbox when this one is lost meanwhile.
   */
  <T> T surviving(Supplier<T> step) {
    while (true) {
      require(0);
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
    if (lease != null) {
      log.warn("Sandbox {} was lost; another one takes its place", id());
      release();
    }
    open(turn, incarnation);
  }

  static boolean lost(TemporalFailure failure) {
    return StepFailure.of(failure).cause() == Cause.SANDBOX_LOST;
  }

  /**
   * Keeps it with its memory, at no cost and without a permit. One that is gone is given back; one
   * that can't be paused goes on with its permit.
   */
  void park() {
    if (lease != null && !lease.park()) {
      losses++;
      releaseAndStay();
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
    Promise<Void> timer =
        Workflow.newTimer(atMost, TimerOptions.newBuilder().setSummary(summary).build());
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
    return lease != null && lease.isWantedBack();
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
    if (lease != null) {
      lease.end(well);
      lease = null;
    }
  }
}
