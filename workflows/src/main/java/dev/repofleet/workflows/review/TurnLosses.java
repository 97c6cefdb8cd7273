package dev.repofleet.workflows.review;

import dev.repofleet.workflows.UsageTotals;
import dev.repofleet.workflows.activities.agent.RunLoss;
import dev.repofleet.workflows.activities.agent.TurnOutcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * What processes had used that went down with their sandbox. Money counts once: a turn that was
 * counted as lost may be told of after all, by an attempt that had come to its end. Confined to its
 * workflow.
 */
final class TurnLosses {
  private UsageTotals usageBefore = UsageTotals.NONE;
  private int agentTurnsBefore;
  private int turn = -1;
  private final List<RunLoss> ofTurn = new ArrayList<>();

  /** Takes up what an earlier end of the review told. */
  void takeUp(UsageTotals told) {
    usageBefore = told;
  }

  /** Processes of a turn are gone; losses of one turn come one after the other. */
  void add(int lossTurn, RunLoss loss) {
    if (turn != lossTurn) {
      usageBefore = usage();
      agentTurnsBefore = agentTurns();
      turn = lossTurn;
      ofTurn.clear();
    }
    ofTurn.add(loss);
  }

  /** The outcome has all that was used in its sandbox, also by the process that counted as lost. */
  void told(TurnOutcome outcome) {
    if (outcome.turn() == turn) {
      ofTurn.stream()
          .filter(loss -> loss.incarnation() >= outcome.incarnation())
          .min(Comparator.comparingInt(RunLoss::incarnation))
          .ifPresent(ofTurn::remove);
    }
  }

  UsageTotals usage() {
    return ofTurn.stream().map(RunLoss::usage).reduce(usageBefore, UsageTotals::plus);
  }

  int agentTurns() {
    return agentTurnsBefore + ofTurn.stream().mapToInt(RunLoss::agentTurns).sum();
  }

  /** How long lost processes of this turn worked. */
  Duration worked(int ofWhich) {
    return Duration.ofMillis(
        ofWhich == turn ? ofTurn.stream().mapToLong(RunLoss::milliseconds).sum() : 0);
  }
}
