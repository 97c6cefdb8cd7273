package dev.repofleet.worker.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.artifacts.ArtifactStores;
import dev.repofleet.worker.testing.Inputs;
import dev.repofleet.workflows.AgentKind;
import dev.repofleet.workflows.PlanRef;
import dev.repofleet.workflows.UsageTotals;
import dev.repofleet.workflows.activities.agent.PromptKind;
import dev.repofleet.workflows.activities.agent.TurnBasis;
import dev.repofleet.workflows.activities.agent.TurnInput;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TurnResultsTest {
  @TempDir private Path folder;
  private TurnResults results;

  @BeforeEach
  void open() {
    results = new TurnResults(ArtifactStores.open(folder.toString()));
  }

  private static TurnInput turn(
      String sandbox, PromptKind prompt, @Nullable String uri, @Nullable TurnBasis basis) {
    return new TurnInput(
        "b",
        "k",
        sandbox,
        "f",
        0,
        1,
        "session",
        prompt,
        0,
        "c0ffee",
        null,
        AgentKind.CLAUDE,
        new PlanRef("artifact:p", "h", "p"),
        1,
        7,
        Duration.ofMinutes(1),
        Duration.ofMinutes(1),
        null,
        basis,
        false,
        uri,
        null,
        null);
  }

  private void keep(PromptKind prompt, @Nullable String uri) {
    results.keep(turn("one", prompt, uri, null), Inputs.ended(1, prompt, UsageTotals.NONE, null));
  }

  @Test
  void aTurnsResultHoldsWhereItsWorkIs() {
    keep(PromptKind.FOLLOW_UP, "artifact:mine");

    TurnBasis here = new TurnBasis(0, 1, null, true);
    TurnBasis before = new TurnBasis(0, 0, null, true);
    assertThat(results.find(turn("one", PromptKind.FOLLOW_UP, "artifact:mine", null))).isPresent();
    assertThat(results.find(turn("two", PromptKind.FOLLOW_UP, "artifact:mine", here))).isPresent();
    assertThat(results.find(turn("two", PromptKind.FOLLOW_UP, "artifact:mine", before))).isEmpty();
    assertThat(results.find(turn("two", PromptKind.FOLLOW_UP, "artifact:mine", null))).isEmpty();
  }

  @Test
  void whatATurnOfItsNumberWasAskedBeforeIsNoAnswer() {
    keep(PromptKind.FOLLOW_UP, "artifact:theirs");

    assertThat(results.find(turn("one", PromptKind.FOLLOW_UP, "artifact:mine", null))).isEmpty();
    assertThat(results.find(turn("one", PromptKind.FOLLOW_UP, null, null))).isEmpty();
  }

  @Test
  void aVerificationsResultHoldsEverywhereForTheFindingsItWasAbout() {
    keep(PromptKind.VERIFY, "artifact:findings");

    assertThat(results.find(turn("two", PromptKind.VERIFY, "artifact:findings", null))).isPresent();
    assertThat(results.find(turn("one", PromptKind.VERIFY, "artifact:others", null)))
        .as("of a review that was done again")
        .isEmpty();
  }
}
