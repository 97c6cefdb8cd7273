package dev.repofleet.worker.agent;

import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.activities.agent.TurnInput;
import org.jspecify.annotations.Nullable;

/**
 * What a turn may use, less what its earlier processes did: the CLI's own counters begin at zero
 * with every process.
 */
final class TurnCaps {
  /** Buys no call of a model; the workflow begins no turn with less. */
  private static final double LEAST_BUDGET_USD = 0.01;

  private final TurnInput input;

  TurnCaps(TurnInput input) {
    this.input = input;
  }

  /** Which cap leaves nothing to go on with; absent when there is something of each. */
  @Nullable Cause exhausted(Spent spent) {
    if (input.budgetUsd() - spent.usage().costUsd() < LEAST_BUDGET_USD) {
      return Cause.BUDGET_EXHAUSTED;
    }
    if (spent.turns() >= input.turns()) {
      return Cause.TURNS_EXHAUSTED;
    }
    return spent.seconds() >= input.time().toSeconds() ? Cause.AGENT_TIMEOUT : null;
  }

  /** The turn with what is left of its caps. */
  TurnInput less(Spent spent) {
    return new TurnInput(
        input.batch(),
        input.key(),
        input.sandboxId(),
        input.fence(),
        input.generation(),
        input.turn(),
        input.sessionId(),
        input.prompt(),
        input.followUp(),
        input.commit(),
        input.subpath(),
        input.agent(),
        input.plan(),
        input.budgetUsd() - spent.usage().costUsd(),
        input.turns() - spent.turns(),
        input.time().minusSeconds(spent.seconds()),
        input.checkpointEvery(),
        input.storeId(),
        input.basis(),
        input.goOn(),
        input.promptUri(),
        input.ending(),
        input.facts());
  }
}
