package dev.repofleet.workflows.review;

import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.Stage;
import dev.repofleet.workflows.StepFailure;
import dev.repofleet.workflows.order.PlanOutline;
import dev.repofleet.workflows.order.ReviewInput;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * A follow-up that waits for a person. Meanwhile the sandbox is paused, holds no permit, and is
 * given back after a while, or sooner when the pool asks for it: the work is in the last turn's
 * checkpoint, and is restored once it is needed. The batch moves on. Confined to its workflow.
 */
final class Approval {
  private static final Logger log = Workflow.getLogger(Approval.class);

  /** A person's answer. */
  enum Answer {
    APPROVED,
    REJECTED,
    /** Nobody answered in time. */
    NONE
  }

  private final ReviewInput input;
  private final ReviewLedger ledger;
  private final ReviewSandbox sandbox;
  private final BatchLine batch;
  private @Nullable Integer question;
  private Answer answer = Answer.NONE;

  Approval(ReviewInput input, ReviewLedger ledger, ReviewSandbox sandbox, BatchLine batch) {
    this.input = input;
    this.ledger = ledger;
    this.sandbox = sandbox;
    this.batch = batch;
  }

  /** Waits for the answer. Whoever needs the sandbox after it gets it again by itself. */
  Answer ask(int followUp) {
    answer = Answer.NONE;
    question = followUp;
    ledger.awaits(followUp);
    ledger.enter(Stage.APPROVAL);
    batch.parked(true);
    sandbox.park();
    awaitAnswer();
    question = null;
    ledger.awaits(null);
    batch.parked(false);
    if (answer == Answer.REJECTED) {
      ledger.failed(StepFailure.of(Cause.FOLLOW_UP_REJECTED));
    } else if (answer == Answer.NONE) {
      ledger.failed(StepFailure.of(Cause.APPROVAL_TIMEOUT));
    }
    return answer;
  }

  private void awaitAnswer() {
    PlanOutline plan = input.outline();
    Duration kept = plan.pausedTime();
    Duration all = plan.approvalTime();
    boolean mayDrop = ledger.lastTurnIsSaved() && kept.compareTo(all) < 0;
    if (!mayDrop) {
      await(all, "for a person's answer");
      return;
    }
    if (!await(kept, "until the paused sandbox is given back")) {
      log.info("Nobody answered within {}; the sandbox is given back meanwhile", kept);
      sandbox.releaseAndStay();
      await(all.minus(kept), "for a person's answer");
    }
  }

  private boolean await(Duration atMost, String what) {
    return sandbox.rest(atMost, "waits " + what, () -> answer != Answer.NONE);
  }

  /** Refuses an answer to no question. */
  void requireQuestion(String operation) {
    if (question == null) {
      throw new IllegalStateException(
          "cannot "
              + operation
              + " while in stage "
              + ledger.stage().code()
              + ": no follow-up waits for an answer");
    }
    if (answer != Answer.NONE) {
      throw new IllegalStateException("cannot " + operation + ": it is answered already");
    }
  }

  /** Takes the answer and returns which follow-up it was for. */
  int answer(Answer given) {
    answer = given;
    return question == null ? -1 : question;
  }
}
