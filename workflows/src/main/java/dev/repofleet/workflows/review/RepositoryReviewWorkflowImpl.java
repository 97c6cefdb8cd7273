package dev.repofleet.workflows.review;

import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.Fleet;
import dev.repofleet.workflows.Refusal;
import dev.repofleet.workflows.Stage;
import dev.repofleet.workflows.StepFailure;
import dev.repofleet.workflows.activities.ActivityStubs;
import dev.repofleet.workflows.activities.agent.TurnOutcome;
import dev.repofleet.workflows.activities.git.DiffInput;
import dev.repofleet.workflows.activities.git.EarlierResult;
import dev.repofleet.workflows.activities.git.ResolveInput;
import dev.repofleet.workflows.activities.git.ResolveOutcome;
import dev.repofleet.workflows.activities.report.ReportInput;
import dev.repofleet.workflows.activities.report.ReportOutcome;
import dev.repofleet.workflows.activities.report.StateInput;
import dev.repofleet.workflows.activities.review.ReviewOutcome;
import dev.repofleet.workflows.activities.review.ReviewOutcome.Verdict;
import dev.repofleet.workflows.activities.review.ReviewRequest;
import dev.repofleet.workflows.activities.review.VerdictsOutcome;
import dev.repofleet.workflows.activities.review.VerdictsRequest;
import dev.repofleet.workflows.activities.review.VerifyInput;
import dev.repofleet.workflows.activities.review.VerifyOutcome;
import dev.repofleet.workflows.lease.PermitReply;
import dev.repofleet.workflows.order.FollowUpCondition;
import dev.repofleet.workflows.order.ReviewInput;
import dev.repofleet.workflows.progress.RepositoryEnded;
import dev.repofleet.workflows.review.TurnRunner.Prompt;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.CanceledFailure;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInit;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;

/**
 * The steps of one review, in order. What is known so far is in a {@link ReviewLedger}, the sandbox
 * in a {@link ReviewSandbox}, its permit in a {@link Permit}, turns are {@link TurnRunner}'s; this
 * class decides only what comes next.
 *
 * <p>Everything from the lease on is inside one try block whose end releases the sandbox in a
 * detached scope: a cancellation may arrive at any step and must not leave a sandbox behind.
 */
public final class RepositoryReviewWorkflowImpl implements RepositoryReviewWorkflow {
  private static final Logger log = Workflow.getLogger(RepositoryReviewWorkflowImpl.class);

  /** More than anybody means; a script in a loop must not fill the history. */
  private static final int MOST_PROMPTS_WAITING = 20;

  private final ReviewInput input;
  private final ActivityStubs activities;
  private final ReviewLedger ledger;
  private final Permit permit;
  private final ReviewSandbox sandbox;
  private final TurnRunner turns;
  private final Approval approval;
  private final BatchLine batch;
  private final Gate gate;
  private final Deque<String> prompts = new ArrayDeque<>();
  private boolean takesPrompts = true;

  /** Whether this generation has ended before. */
  private boolean done;

  /** Whether a store that is away is waited for. */
  private boolean resultIsWanted;

  /** Runs before any query or update is answered, so that each finds a ledger. */
  @WorkflowInit
  public RepositoryReviewWorkflowImpl(ReviewInput input) {
    this.input = input;
    this.activities = new ActivityStubs(new Fleet(input.fleet()), input.target().name());
    this.ledger = new ReviewLedger(input);
    this.batch = new BatchLine(input, activities);
    this.gate = new Gate(input, activities);
    this.permit = new Permit(input, activities, gate);
    this.sandbox = new ReviewSandbox(input, activities, ledger, gate, permit);
    this.turns = new TurnRunner(input, activities, ledger, sandbox, gate, permit);
    this.approval = new Approval(input, ledger, sandbox, batch);
  }

  @Override
  public RepositoryEnded review(ReviewInput same) {
    try {
      if (input.followUpUri() != null) {
        followUpAfterTheEnd(input.followUpUri());
      } else if (!isDone()) {
        reviewInSandbox();
      }
    } catch (TemporalFailure e) {
      StepFailure failure = StepFailure.of(e);
      ledger.failed(failure);
      if (failure.cause() == Cause.CANCELLED) {
        ledger.cancelled();
      }
    }
    boolean cancelled = CancellationScope.current().isCancelRequested();
    if (cancelled) {
      ledger.cancelled();
    }
    resultIsWanted = !cancelled && ledger.turnCount() > 0;
    ledger.enter(Stage.DONE);
    Workflow.newDetachedCancellationScope(this::finish).run();
    if (cancelled) {
      throw new CanceledFailure("the review of " + input.target().name() + " was cancelled");
    }
    return ledger.ended();
  }

  /**
   * Whether this generation has ended before: a batch that was reset asks for it once more. What
   * the one before it cost and found is taken note of; one that left nothing cost nothing.
   * Detached, since one that is cancelled at once must not forget it either.
   */
  private boolean isDone() {
    if (input.generation() == 0) {
      return false;
    }
    Workflow.newDetachedCancellationScope(() -> done = succeeds()).run();
    return done;
  }

  private boolean succeeds() {
    try {
      return ledger.succeeds(
          activities.reporting().readState(new StateInput(input.batch(), input.key(), true)));
    } catch (ActivityFailure e) {
      if (e.getCause() instanceof ApplicationFailure known
          && Refusal.STATE_MISSING.is(known.getType())) {
        log.info("{} has no earlier state: {}", input.key(), known.getOriginalMessage());
        return false;
      }
      throw e;
    }
  }

  private void reviewInSandbox() {
    ledger.enter(Stage.RESOLVE);
    ledger.resolved(resolve());
    EarlierResult unchanged = ledger.unchanged();
    if (unchanged != null) {
      log.info("{} is unchanged since batch {}", input.key(), unchanged.batch());
      return;
    }
    inSandbox(
        Prompt.REVIEW,
        () -> {
          if (runReview() && verify()) {
            followUps();
          }
        });
  }

  /** Who asks for a repository again, or asks its agent something, wants it to be worked on. */
  private ResolveOutcome resolve() {
    ResolveOutcome found =
        activities
            .resolving()
            .resolve(
                new ResolveInput(
                    input.batch(),
                    input.key(),
                    input.target(),
                    input.plan(),
                    input.agent(),
                    input.useCache() && input.generation() == 0,
                    ledger.comparedBefore(),
                    !input.useCache()));
    return prompts.isEmpty() ? found : found.toBeReviewed();
  }

  /**
   * Does the agent's part and takes the diff in a sandbox, which is given back whatever happens.
   */
  private void inSandbox(Prompt first, Runnable agentsPart) {
    boolean well = false;
    try {
      sandbox.asks(first.id());
      sandbox.open(ledger.turnCount(), 0);
      agentsPart.run();
      diff();
      runCommand();
      well = ledger.endsWell() && !CancellationScope.current().isCancelRequested();
    } finally {
      boolean endedWell = well;
      Workflow.newDetachedCancellationScope(() -> sandbox.end(endedWell)).run();
    }
  }

  /** The session goes on from what the store has of it; the sandbox of then is long gone. */
  private void followUpAfterTheEnd(String promptUri) {
    ledger.takeUp(activities.reporting().readState(new StateInput(input.batch(), input.key())));
    EarlierResult unchanged = ledger.unchanged();
    if (unchanged != null) {
      throw Refusal.STATE_MISSING.because(
          "it is unchanged since batch "
              + unchanged.batch()
              + ", and nothing was run here: the session is that of batch "
              + unchanged.batch());
    }
    if (!ledger.isResolved() || ledger.turnCount() == 0) {
      throw Refusal.STATE_MISSING.because(
          "the agent never ran here, so there is no session to go on with");
    }
    prompts.add(promptUri);
    inSandbox(Prompt.ofPerson(promptUri), this::peoplesPrompts);
  }

  /** Runs the review and judges its answer, with one repair. True when the session can go on. */
  private boolean runReview() {
    TurnOutcome turn = turns.run(Prompt.REVIEW);
    ReviewOutcome review = judge(turn);
    if (review.verdict() != Verdict.VALID && turn.cause() == null && turns.affordable()) {
      log.info("Asking for the structured answer again: {}", review.problem());
      turn = turns.run(Prompt.REPAIR);
      judge(turn);
    }
    return turn.cause() == null;
  }

  private ReviewOutcome judge(TurnOutcome turn) {
    ledger.enter(Stage.REVIEW);
    ReviewOutcome outcome =
        sandbox.surviving(
            () ->
                activities
                    .reviewing()
                    .review(
                        new ReviewRequest(
                            input.batch(),
                            input.key(),
                            sandbox.id(),
                            ledger.resolved().commit(),
                            input.target().subpath(),
                            input.plan(),
                            turn.answerUri())));
    ledger.reviewed(outcome);
    return outcome;
  }

  /**
   * Has the findings tried, where the plan wants that. False when nothing more is to be run: a
   * verification that ends badly ends the plan's turns as a follow-up does.
   */
  private boolean verify() {
    String reviewUri = ledger.toVerify();
    if (reviewUri == null) {
      return true;
    }
    if (!turns.affordable()) {
      return false;
    }
    TurnOutcome turn = turns.run(Prompt.verify(reviewUri));
    if (turn.cause() != null) {
      return false;
    }
    ledger.enter(Stage.REVIEW);
    VerdictsOutcome verdicts =
        sandbox.surviving(
            () ->
                activities
                    .reviewing()
                    .judgeVerdicts(
                        new VerdictsRequest(
                            input.batch(),
                            input.key(),
                            input.plan(),
                            reviewUri,
                            turn.answerUri())));
    ledger.verified(verdicts);
    log.info(
        "Findings confirmed: {}, rejected: {}, left unverified: {}",
        verdicts.confirmed(),
        verdicts.rejected(),
        verdicts.left());
    if (verdicts.problem() != null) {
      log.warn("The verification came to nothing: {}", verdicts.problem());
    }
    return true;
  }

  private void followUps() {
    for (int i = 0; i < input.outline().followUps().size(); i++) {
      FollowUpCondition condition = FollowUpCondition.parse(input.outline().followUps().get(i));
      if (!condition.holds(ledger.findings())) {
        continue;
      }
      if (!turns.affordable()) {
        return;
      }
      if (input.outline().needsApproval(i)) {
        Approval.Answer answer = approval.ask(i);
        if (answer == Approval.Answer.REJECTED) {
          continue;
        }
        if (answer == Approval.Answer.NONE) {
          return;
        }
      }
      if (turns.run(Prompt.followUp(i)).cause() != null) {
        return;
      }
    }
    peoplesPrompts();
  }

  private void peoplesPrompts() {
    while (!prompts.isEmpty() && turns.affordable()) {
      if (turns.run(Prompt.ofPerson(prompts.remove())).cause() != null) {
        return;
      }
    }
  }

  private void diff() {
    takesPrompts = false;
    ledger.enter(Stage.DIFF);
    ledger.diffed(
        sandbox.surviving(
            () ->
                activities
                    .diffing()
                    .diff(
                        new DiffInput(
                            input.batch(),
                            input.key(),
                            sandbox.id(),
                            ledger.resolved().commit()))));
  }

  /** The plan's own command, on what the agent changed. Whatever it comes to is only told. */
  private void runCommand() {
    Duration time = ledger.verifyTime();
    if (time == null) {
      return;
    }
    ledger.enter(Stage.VERIFY);
    try {
      ledger.commandEnded(
          activities
              .verifying(time)
              .verify(
                  new VerifyInput(
                      input.batch(),
                      input.key(),
                      sandbox.id(),
                      input.plan(),
                      input.target().subpath())));
    } catch (TemporalFailure e) {
      CancellationScope.throwCanceled();
      log.warn("Nothing is known of the plan's command", e);
      ledger.commandEnded(VerifyOutcome.unknown(StepFailure.of(e).message()));
    }
  }

  private void finish() {
    reportAndTell();
    // A permit that came for nothing is on its way back.
    Workflow.await(Workflow::isEveryHandlerFinished);
  }

  private void reportAndTell() {
    takesPrompts = false;
    // A follow-up that never came to its turn's end, or never could, must not take the review's
    // good result away.
    if (ledger.resultStands() && !mustTellItsCost()) {
      return;
    }
    try {
      if (resultIsWanted) {
        Outages.ofReport().outlast(this::report);
      } else {
        report();
      }
    } catch (TemporalFailure e) {
      ledger.failed(StepFailure.of(e));
      ledger.enter(Stage.DONE);
      log.error("The report of {} could not be written", input.key(), e);
    }
    batch.ended(ledger.ended());
  }

  private boolean mustTellItsCost() {
    return ledger.costsMore()
        && Workflow.getVersion("tells what was lost", Workflow.DEFAULT_VERSION, 1) >= 1;
  }

  private ReportOutcome report() {
    return activities.reporting().writeReport(ReportInput.of(ledger.report()));
  }

  @Override
  public FollowUpAnswered approve() {
    return new FollowUpAnswered(approval.answer(Approval.Answer.APPROVED));
  }

  @Override
  public void checkApprove() {
    approval.requireQuestion("approve");
  }

  @Override
  public FollowUpAnswered reject() {
    return new FollowUpAnswered(approval.answer(Approval.Answer.REJECTED));
  }

  @Override
  public void checkReject() {
    approval.requireQuestion("reject");
  }

  @Override
  public FollowUpsWaiting followUp(FollowUpPrompt prompt) {
    prompts.add(prompt.uri());
    return new FollowUpsWaiting(prompts.size());
  }

  @Override
  public void checkFollowUp(FollowUpPrompt prompt) {
    if (!takesPrompts) {
      throw new IllegalStateException(
          "cannot follow up while in stage " + ledger.stage().code() + ": wait for the end");
    }
    if (prompts.size() >= MOST_PROMPTS_WAITING) {
      throw new IllegalStateException(
          "cannot follow up: " + prompts.size() + " prompts are waiting already");
    }
  }

  @Override
  public void permit(PermitReply reply) {
    permit.hear(reply);
  }

  @Override
  public void paused(ReviewPaused now) {
    gate.hear(now);
  }

  @Override
  public RepositoryProgress progress() {
    return ledger.progress();
  }
}
