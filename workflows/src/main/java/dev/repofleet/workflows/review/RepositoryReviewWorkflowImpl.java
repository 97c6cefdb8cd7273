package dev.repofleet.workflows.review;

import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.Stage;
import dev.repofleet.workflows.StepFailure;
import dev.repofleet.workflows.activities.ActivityStubs;
import dev.repofleet.workflows.activities.CloneInput;
import dev.repofleet.workflows.activities.DiffInput;
import dev.repofleet.workflows.activities.LeaseInput;
import dev.repofleet.workflows.activities.PrepareInput;
import dev.repofleet.workflows.activities.PromptKind;
import dev.repofleet.workflows.activities.ReleaseInput;
import dev.repofleet.workflows.activities.ReportInput;
import dev.repofleet.workflows.activities.ResolveInput;
import dev.repofleet.workflows.activities.ResolveOutcome;
import dev.repofleet.workflows.activities.ReviewOutcome;
import dev.repofleet.workflows.activities.ReviewOutcome.Verdict;
import dev.repofleet.workflows.activities.ReviewRequest;
import dev.repofleet.workflows.activities.StopInput;
import dev.repofleet.workflows.activities.TurnInput;
import dev.repofleet.workflows.activities.TurnOutcome;
import dev.repofleet.workflows.batch.RepositoryEnded;
import dev.repofleet.workflows.batch.ReviewBatchWorkflow;
import io.temporal.failure.CanceledFailure;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.SignalExternalWorkflowException;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInit;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;

/**
 * The steps of one review, in order. What is known so far is in a {@link ReviewLedger}; this class
 * decides only what comes next.
 *
 * <p>Everything from the lease on is inside one try block whose end releases the sandbox in a
 * detached scope: a cancellation may arrive at any step and must not leave a sandbox behind.
 */
public final class RepositoryReviewWorkflowImpl implements RepositoryReviewWorkflow {
  private static final Logger log = Workflow.getLogger(RepositoryReviewWorkflowImpl.class);

  /** Less than this is not worth a turn: the agent's first call alone costs about as much. */
  private static final double LEAST_BUDGET_USD = 0.01;

  private final ReviewInput input;
  private final ActivityStubs activities;
  private final ReviewLedger ledger;
  private final String leaseId;
  private final String fence;

  /** Runs before any query is answered, so that {@link #progress} always has a ledger. */
  @WorkflowInit
  public RepositoryReviewWorkflowImpl(ReviewInput input) {
    this.input = input;
    this.activities = new ActivityStubs(new Fleet(input.fleet()), input.target().name());
    this.ledger = new ReviewLedger(input);
    this.leaseId = Workflow.getInfo().getWorkflowId() + ":" + Workflow.getInfo().getRunId() + ":0";
    this.fence = Workflow.randomUUID().toString().replace("-", "");
  }

  @Override
  public RepositoryEnded review(ReviewInput same) {
    try {
      reviewInSandbox();
    } catch (TemporalFailure e) {
      ledger.failed(StepFailure.of(e));
    }
    boolean cancelled = CancellationScope.current().isCancelRequested();
    if (cancelled) {
      ledger.cancelled();
    }
    ledger.enter(Stage.DONE);
    Workflow.newDetachedCancellationScope(this::reportAndTell).run();
    if (cancelled) {
      throw new CanceledFailure("the review of " + input.target().name() + " was cancelled");
    }
    return ledger.ended();
  }

  @Override
  public int approve() {
    throw new IllegalStateException("no follow-up waits");
  }

  @Override
  public void checkApprove() {
    throw new IllegalStateException("cannot approve: no follow-up waits");
  }

  @Override
  public int reject() {
    throw new IllegalStateException("no follow-up waits");
  }

  @Override
  public void checkReject() {
    throw new IllegalStateException("cannot reject: no follow-up waits");
  }

  @Override
  public int followUp(String promptUri) {
    throw new IllegalStateException("no follow-up waits");
  }

  @Override
  public void checkFollowUp(String promptUri) {
    throw new IllegalStateException("cannot follow up yet");
  }

  @Override
  public RepositoryProgress progress() {
    return ledger.progress();
  }

  private void reviewInSandbox() {
    ledger.enter(Stage.RESOLVE);
    ResolveOutcome resolved =
        activities
            .resolving()
            .resolve(new ResolveInput(input.batch(), input.key(), input.target()));
    ledger.resolved(resolved);
    try {
      String sandboxId = lease();
      prepare(sandboxId, resolved);
      if (runReview(sandboxId)) {
        followUps(sandboxId);
      }
      diff(sandboxId);
    } finally {
      Workflow.newDetachedCancellationScope(this::release).run();
    }
  }

  private String lease() {
    ledger.enter(Stage.LEASE);
    PlanOutline plan = input.outline();
    ledger.leased(
        activities
            .leasing()
            .lease(new LeaseInput(input.fleet(), leaseId, plan.template(), plan.sandboxTime())));
    return ledger.sandboxId().orElseThrow();
  }

  private void prepare(String sandboxId, ResolveOutcome resolved) {
    ledger.enter(Stage.CLONE);
    ledger.cloned(
        activities
            .cloning()
            .cloneRepository(
                new CloneInput(
                    input.batch(),
                    input.key(),
                    sandboxId,
                    input.target(),
                    resolved,
                    input.plan())));
    ledger.enter(Stage.PREPARE);
    ledger.prepared(
        activities
            .preparing()
            .prepare(
                new PrepareInput(
                    input.batch(),
                    input.key(),
                    sandboxId,
                    fence,
                    input.generation(),
                    0,
                    0,
                    input.agent(),
                    input.plan())));
  }

  /** Runs turn 0 and judges its answer, with one repair. True when the session can go on. */
  private boolean runReview(String sandboxId) {
    ledger.enter(Stage.RUN);
    TurnOutcome turn = run(sandboxId, PromptKind.REVIEW, 0);
    ReviewOutcome review = judge(sandboxId, turn);
    if (review.verdict() != Verdict.VALID && turn.cause() == null && budgetLeft()) {
      log.info("Asking for the structured answer again: {}", review.problem());
      ledger.enter(Stage.RUN);
      turn = run(sandboxId, PromptKind.REPAIR, 0);
      judge(sandboxId, turn);
    }
    return turn.cause() == null;
  }

  private ReviewOutcome judge(String sandboxId, TurnOutcome turn) {
    ledger.enter(Stage.REVIEW);
    ReviewOutcome outcome =
        activities
            .reviewing()
            .review(
                new ReviewRequest(
                    input.batch(),
                    input.key(),
                    sandboxId,
                    ledger.commit().orElseThrow(),
                    input.target().subpath(),
                    input.plan(),
                    turn.answerUri()));
    ledger.reviewed(outcome);
    return outcome;
  }

  private void followUps(String sandboxId) {
    for (int i = 0; i < input.outline().followUps().size(); i++) {
      FollowUpCondition condition = FollowUpCondition.parse(input.outline().followUps().get(i));
      if (!condition.holds(ledger.findings())) {
        continue;
      }
      if (!budgetLeft()) {
        return;
      }
      ledger.enter(Stage.FOLLOW_UP);
      if (run(sandboxId, PromptKind.FOLLOW_UP, i).cause() != null) {
        return;
      }
    }
  }

  /** Whether another turn is worth starting; if not, the ledger knows why. */
  private boolean budgetLeft() {
    if (ledger.turnsLeft() < 1) {
      ledger.failed(new StepFailure(Cause.TURNS_EXHAUSTED, Cause.TURNS_EXHAUSTED.sentence()));
      return false;
    }
    if (ledger.budgetLeft() < LEAST_BUDGET_USD) {
      ledger.failed(new StepFailure(Cause.BUDGET_EXHAUSTED, Cause.BUDGET_EXHAUSTED.sentence()));
      return false;
    }
    return true;
  }

  private TurnOutcome run(String sandboxId, PromptKind prompt, int followUp) {
    int turn = ledger.nextTurn();
    try {
      TurnOutcome outcome =
          activities
              .running(
                  input.outline().time(),
                  input.heartbeatTimeout(),
                  "turn " + turn + " (" + prompt.name().toLowerCase(Locale.ROOT) + ")")
              .run(turnInput(sandboxId, turn, prompt, followUp));
      ledger.ran(outcome);
      if (outcome.cause() == Cause.AGENT_TIMEOUT) {
        stop(sandboxId, turn);
      }
      return outcome;
    } catch (TemporalFailure e) {
      Workflow.newDetachedCancellationScope(() -> stop(sandboxId, turn)).run();
      throw e;
    }
  }

  private TurnInput turnInput(String sandboxId, int turn, PromptKind prompt, int followUp) {
    return new TurnInput(
        input.batch(),
        input.key(),
        sandboxId,
        fence,
        input.generation(),
        turn,
        ledger.sessionId(),
        prompt,
        followUp,
        ledger.commit().orElseThrow(),
        input.target().subpath(),
        input.agent(),
        input.plan(),
        ledger.budgetLeft(),
        ledger.turnsLeft(),
        input.outline().time(),
        input.checkpointEvery());
  }

  /** The sandbox is killed soon after; a stop that fails is a loss of politeness, not of safety. */
  private void stop(String sandboxId, int turn) {
    try {
      activities.stopping().stop(new StopInput(sandboxId, fence, input.generation(), turn));
    } catch (TemporalFailure e) {
      log.warn("Turn {} in sandbox {} could not be stopped", turn, sandboxId, e);
    }
  }

  private void diff(String sandboxId) {
    ledger.enter(Stage.DIFF);
    ledger.diffed(
        activities
            .diffing()
            .diff(
                new DiffInput(
                    input.batch(), input.key(), sandboxId, ledger.commit().orElseThrow())));
  }

  private void release() {
    ledger.enter(Stage.RELEASE);
    try {
      activities
          .releasing()
          .release(new ReleaseInput(input.fleet(), leaseId, ledger.sandboxId().orElse(null)));
    } catch (TemporalFailure e) {
      log.error(
          "Lease {} could not be released: the sandbox pauses by itself at its timeout and must be"
              + " deleted by hand",
          leaseId,
          e);
    }
    ledger.released();
  }

  private void reportAndTell() {
    try {
      activities.reporting().writeReport(ReportInput.of(ledger.report()));
    } catch (TemporalFailure e) {
      ledger.failed(StepFailure.of(e));
      ledger.enter(Stage.DONE);
      log.error("The report of {} could not be written", input.key(), e);
    }
    Optional<String> parent = Workflow.getInfo().getParentWorkflowId();
    if (parent.isEmpty()) {
      return;
    }
    try {
      Workflow.newExternalWorkflowStub(ReviewBatchWorkflow.class, parent.get())
          .ended(ledger.ended());
    } catch (SignalExternalWorkflowException | TemporalFailure e) {
      // The batch was terminated; the review is paid for and its result is in the store.
      log.warn("Batch {} could not be told of the end of {}", parent.get(), input.key(), e);
    }
  }
}
