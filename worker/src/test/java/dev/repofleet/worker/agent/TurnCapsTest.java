package dev.repofleet.worker.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.workflows.AgentKind;
import dev.repofleet.workflows.Cause;
import dev.repofleet.workflows.PlanRef;
import dev.repofleet.workflows.UsageTotals;
import dev.repofleet.workflows.UsageTotals.CostSource;
import dev.repofleet.workflows.activities.agent.PromptKind;
import dev.repofleet.workflows.activities.agent.TurnInput;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TurnCapsTest {
  private static final TurnInput TURN =
      new TurnInput(
          "b",
          "k",
          "sandbox",
          "fence",
          0,
          0,
          "session",
          PromptKind.REVIEW,
          0,
          "commit",
          null,
          AgentKind.CLAUDE,
          new PlanRef("uri", "0".repeat(64), "plan"),
          2.0,
          80,
          Duration.ofMinutes(45),
          Duration.ofMinutes(1),
          null,
          null,
          false,
          null,
          null,
          null);

  @ParameterizedTest
  @CsvSource(
      nullValues = "none",
      value = {
        "0.5, 10, 60, none",
        "1.995, 10, 60, BUDGET_EXHAUSTED",
        "3.0, 10, 60, BUDGET_EXHAUSTED",
        "0.5, 80, 60, TURNS_EXHAUSTED",
        "0.5, 79, 60, none",
        "0.5, 10, 2700, AGENT_TIMEOUT"
      })
  void anotherProcessIsWorthItOnlyWhileSomethingOfEachCapIsLeft(
      double dollars, int turns, long seconds, @Nullable Cause cause) {
    assertThat(new TurnCaps(TURN).exhausted(spent(dollars, turns, seconds))).isEqualTo(cause);
  }

  @Test
  void theNextProcessGetsTheCapsLessWhatIsSpent() {
    TurnInput left = new TurnCaps(TURN).less(spent(0.5, 10, 60));

    assertThat(left.budgetUsd()).isEqualTo(1.5);
    assertThat(left.turns()).isEqualTo(70);
    assertThat(left.time()).isEqualTo(Duration.ofMinutes(44));
    assertThat(left.sessionId()).isEqualTo("session");
  }

  private static Spent spent(double dollars, int turns, long seconds) {
    return new Spent(new UsageTotals(0, 0, 0, 0, dollars, CostSource.ESTIMATED), turns, seconds);
  }
}
