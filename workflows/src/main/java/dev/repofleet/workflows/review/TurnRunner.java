package dev.repofleet.workflows.review;

import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.Stage;
import dev.repofleet.workflows.StepFailure;
import dev.repofleet.workflows.activities.ActivityStubs;
import dev.repofleet.workflows.activities.agent.AgentActivities;
import dev.repofleet.workflows.activities.agent.PromptKind;
import dev.repofleet.workflows.activities.agent.RunLoss;
import dev.repofleet.workflows.activities.agent.StopInput;
import dev.repofleet.workflows.activities.agent.TurnInput;
import dev.repofleet.workflows.activities.agent.TurnOutcome;
import dev.repofleet.workflows.order.ReviewInput;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Brings one prompt to its end: through lost sandboxes, stops, and a provider that asks for
 * patience. Confined to its workflow.
 */
final class TurnRunner {
  private static final Logger log = Workflow.getLogger(TurnRunner.class);

  /** Less than this is not worth a turn: it buys no call of a model. */
  private static final double LEAST_BUDGET_USD = 0.01;

  private final ReviewInput input;
  private final ActivityStubs activities;
  private final ReviewLedger ledger;
  private final ReviewSandbox sandbox;
  private final Gate gate;
  private final Permit permit;

  /** When the agent was last asked for, milliseconds since the epoch. */
  private long turnBegan;

  /** What the turn had used when it was stopped; {@link RunLoss#NONE} where it was not. */
  private RunLoss whenStopped = RunLoss.NONE;

  TurnRunner(
      ReviewInput input,
      ActivityStubs activities,
      ReviewLedger ledger,
      ReviewSandbox sandbox,
      Gate gate,
      Permit permit) {
    this.input = input;
    this.activities = activities;
    this.ledger = ledger;
    this.sandbox = sandbox;
    this.gate = gate;
    this.permit = permit;
  }

  /**
   * A prompt of a turn.
   *
   * @param kind which of the plan's
   * @param followUp which follow-up of the plan
   * @param uri of a person's own prompt, in place of the plan's; of the findings to verify
   */
  record Prompt(PromptKind kind, int followUp, @Nullable String uri) {
    static final Prompt REVIEW = new Prompt(PromptKind.REVIEW, 0, null);
    static final Prompt REPAIR = new Prompt(PromptKind.REPAIR, 0, null);

    /** As {@link PromptKind#id}. */
    String id() {
      return kind.id(followUp, uri);
    }

    /** Of the judged findings that lie there. */
    static Prompt verify(String reviewUri) {
      return new Prompt(PromptKind.VERIFY, 0, reviewUri);
    }

    static Prompt followUp(int index) {
      return new Prompt(PromptKind.FOLLOW_UP, index, null);
    }

    static Prompt ofPerson(String uri) {
      return new Prompt(PromptKind.FOLLOW_UP, 0, uri);
    }
  }

  /** Whether another turn is worth starting; if not, the ledger knows why. */
  boolean affordable() {
    if (ledger.turnsLeft() < 1) {
      ledger.failed(StepFailure.of(Cause.TURNS_EXHAUSTED));
      return false;
    }
    if (ledger.budgetLeft() < LEAST_BUDGET_USD) {
      ledger.failed(StepFailure.of(Cause.BUDGET_EXHAUSTED));
      return false;
    }
    return true;
  }

  /**
   * Runs the prompt in a turn of its own, or in several when the provider refused or the agent was
   * killed. The last one's outcome; what is wrong with it the ledger knows.
   */
  TurnOutcome run(Prompt prompt) {
    Patience patience = new Patience();
    boolean goOn = false;
    while (true) {
      TurnOutcome outcome = turn(prompt, goOn);
      ledger.ran(outcome, prompt.kind() == PromptKind.FOLLOW_UP ? prompt.uri() : null);
      boolean refused = Patience.isForEverybody(outcome);
      if (refused) {
        // Before the permit is given back, so that nobody gets it to run into the same.
        permit.trouble(outcome, turnBegan);
      }
      Optional<Duration> wait = patience.after(outcome, Workflow.currentTimeMillis());
      if (wait.isEmpty() || !affordable()) {
        ledger.judged(outcome);
        return outcome;
      }
      log.info("Turn {} ended with {}; the next goes on", outcome.turn(), outcome.cause());
      if (refused) {
        sandbox.park();
      }
      if (!wait.get().isZero()) {
        sandbox.rest(wait.get(), "asks the model again after turn " + outcome.turn(), () -> false);
      }
      goOn = outcome.promptEntered() || goOn;
    }
  }

  /** One turn, in as many sandboxes as it takes. */
  private TurnOutcome turn(Prompt prompt, boolean goOn) {
    int turn = ledger.nextTurn();
    int incarnation = 0;
    sandbox.asks(prompt.id());
    while (true) {
      do {
        pass();
        sandbox.require(incarnation); // may take long, and the batch be paused meanwhile
      } while (gate.isPaused());
      ledger.enter(prompt.kind() == PromptKind.FOLLOW_UP ? Stage.FOLLOW_UP : Stage.RUN);
      ledger.sandboxWorks();
      TurnInput turnInput = turnInput(turn, prompt, goOn);
      turnBegan = Workflow.currentTimeMillis();
      try {
        TurnOutcome outcome = followed(turnInput);
        sandbox.asks(null);
        return outcome;
      } catch (TemporalFailure e) {
        RunLoss loss = loss(e);
        ledger.lost(turn, loss);
        if (!ReviewSandbox.lost(e)) {
          Workflow.newDetachedCancellationScope(() -> stop(turn)).run();
          throw e;
        }
        incarnation = incarnationAfter(loss, incarnation);
        sandbox.reopen(turn, incarnation);
      }
    }
  }

  /**
   * Of the turn's next process: what was lost is not run again, also where a later loss saw none.
   */
  private static int incarnationAfter(RunLoss loss, int incarnation) {
    int next = loss.incarnation() + 1;
    return next < incarnation && ReviewSandbox.countsOn() ? incarnation : next;
  }

  /** While the batch is paused the sandbox is too, and the pool may have it. */
  private void pass() {
    gate.check();
    while (gate.isPaused()) {
      sandbox.park();
      sandbox.rest(Gate.LOOK_EVERY, "waits for its batch to be resumed", () -> !gate.isPaused());
      gate.check();
    }
  }

  private TurnOutcome followed(TurnInput turnInput) {
    whenStopped = RunLoss.NONE;
    try {
      return running(turnInput).run(turnInput);
    } catch (TemporalFailure e) {
      Cause cause = StepFailure.of(e).cause();
      if (cause != Cause.AGENT_TIMEOUT && cause != Cause.MODEL_AUTH) {
        throw e;
      }
      whenStopped = told(e);
      stop(turnInput.turn());
      TurnInput ending = turnInput.endedBy(cause);
      return running(ending).run(ending);
    }
  }

  private AgentActivities running(TurnInput turn) {
    return activities.running(
        turn.time(),
        input.heartbeatTimeout(),
        "turn " + turn.turn() + " (" + turn.prompt().name().toLowerCase(Locale.ROOT) + ")");
  }

  /** What its processes had used, which is paid for whatever became of it. */
  private RunLoss loss(TemporalFailure failure) {
    RunLoss told = told(failure);
    // Who was to bring a stopped turn in has seen no process of it.
    return told.equals(RunLoss.NONE)
            && !whenStopped.equals(RunLoss.NONE)
            && Workflow.getVersion("counts what was stopped", Workflow.DEFAULT_VERSION, 1) >= 1
        ? whenStopped
        : told;
  }

  private static RunLoss told(TemporalFailure failure) {
    return StepFailure.detail(failure, RunLoss.class).orElse(RunLoss.NONE);
  }

  private TurnInput turnInput(int turn, Prompt prompt, boolean goOn) {
    return new TurnInput(
        input.batch(),
        input.key(),
        sandbox.id(),
        sandbox.fence(),
        input.generation(),
        turn,
        ledger.sessionId(prompt.kind()),
        prompt.kind(),
        prompt.followUp(),
        ledger.resolved().commit(),
        input.target().subpath(),
        input.agent(),
        input.plan(),
        ledger.budgetLeft(),
        ledger.turnsLeft(),
        ledger.timeLeft(turn),
        input.checkpointEvery(),
        input.storeId(),
        sandbox.basis(turn),
        goOn,
        prompt.uri(),
        null,
        ledger.promptFacts());
  }

  /** The sandbox is killed soon after; a stop that fails is a loss of politeness, not of safety. */
  private void stop(int turn) {
    try {
      activities
          .stopping()
          .stop(new StopInput(sandbox.id(), sandbox.fence(), input.generation(), turn));
    } catch (TemporalFailure e) {
      log.warn("Turn {} in sandbox {} could not be stopped", turn, sandbox.id(), e);
    }
  }
}
