package dev.repofleet.workflows.review;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.workflows.UsageTotals;
import dev.repofleet.workflows.UsageTotals.CostSource;
import dev.repofleet.workflows.activities.agent.PromptKind;
import dev.repofleet.workflows.activities.agent.RunLoss;
import dev.repofleet.workflows.activities.agent.TurnOutcome;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What counts as lost, and what no longer does. */
class TurnLossesTest {
  private final TurnLosses losses = new TurnLosses();

  private static UsageTotals used(long tokens) {
    return new UsageTotals(tokens, 0, 0, 0, tokens, CostSource.ESTIMATED);
  }

  private static RunLoss loss(int incarnation, int used) {
    return new RunLoss(incarnation, used, used(used), used);
  }

  private static TurnOutcome outcome(int turn, int incarnation) {
    return new TurnOutcome(
        turn,
        PromptKind.REVIEW,
        incarnation,
        null,
        null,
        9,
        used(100),
        9,
        null,
        null,
        null,
        null,
        null,
        null,
        true,
        null,
        null,
        null);
  }

  @Test
  void allOfEveryTurnCountsAndTheTimeOfThisOne() {
    losses.takeUp(used(1));
    losses.add(0, loss(0, 10));
    losses.add(0, loss(1, 20));
    losses.add(2, loss(0, 40));

    assertThat(losses.usage()).isEqualTo(used(71));
    assertThat(losses.agentTurns()).isEqualTo(70);
    assertThat(losses.worked(2)).isEqualTo(Duration.ofMillis(40));
    assertThat(losses.worked(0)).isZero();
  }

  @Test
  void aProcessThatIsToldOfAfterAllCountsOnce() {
    losses.add(0, loss(0, 10));
    losses.add(0, loss(1, 20));
    losses.told(outcome(0, 1));

    assertThat(losses.usage()).as("what went down with the first sandbox").isEqualTo(used(10));
    assertThat(losses.agentTurns()).isEqualTo(10);
    losses.add(1, loss(0, 5));
    assertThat(losses.usage()).isEqualTo(used(15));
  }

  @Test
  void theEndOfALaterProcessOrOfAnotherTurnLeavesWhatIsLost() {
    losses.add(1, loss(0, 10));
    losses.told(outcome(1, 1));
    losses.told(outcome(2, 0));

    assertThat(losses.usage()).isEqualTo(used(10));
  }
}
