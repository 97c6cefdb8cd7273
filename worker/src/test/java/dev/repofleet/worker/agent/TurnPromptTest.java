package dev.repofleet.worker.agent;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.ArtifactStores;
import dev.repofleet.artifacts.Plan;
import dev.repofleet.worker.agent.AgentCommand.Session;
import dev.repofleet.workflows.AgentKind;
import dev.repofleet.workflows.PlanRef;
import dev.repofleet.workflows.activities.PromptKind;
import dev.repofleet.workflows.activities.TurnInput;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TurnPromptTest {
  private static final Plan PLAN = Plan.builder("p", "Look at this.").build();

  @TempDir private Path folder;
  private ArtifactStore store;

  @BeforeEach
  void open() {
    store = ArtifactStores.open(folder.toString());
  }

  @Test
  void aTurnGetsItsPromptOnceAndIsToldToGoOnAfterwards() {
    TurnInput review = turn(PromptKind.REVIEW, false, null);

    assertThat(text(review, Session.NEW, false)).isEqualTo("Look at this.");
    assertThat(text(review, Session.INTERRUPTED, false)).startsWith("You were interrupted");
  }

  @Test
  void aTurnThatGoesOnWithAnotherIsOnlyToldSoAndKeepsTheSchema() {
    TurnInput review = turn(PromptKind.REVIEW, true, null);

    assertThat(text(review, Session.RESUMED, false)).startsWith("You were interrupted");
    assertThat(text(review, Session.NEW, false)).isEqualTo("Look at this.");
    assertThat(AgentCommand.of(review, PLAN, Session.RESUMED).argv()).contains("--json-schema");
  }

  @Test
  void aPersonsOwnFollowUpComesFromTheStoreAndIsBounded() {
    String uri = store.put("Ändere das.".getBytes(UTF_8)).uri();
    String large = store.put(new byte[(1 << 20) + 1]).uri();

    assertThat(text(turn(PromptKind.FOLLOW_UP, false, uri), Session.RESUMED, false))
        .isEqualTo("Ändere das.");
    assertThatThrownBy(() -> text(turn(PromptKind.FOLLOW_UP, false, large), Session.RESUMED, false))
        .isInstanceOf(RuntimeException.class);
  }

  @Test
  void onAFreshMachineWhatDidNotComeBackIsSaidBeforeThePrompt() {
    assertThat(text(turn(PromptKind.REVIEW, false, null), Session.RESUMED, true))
        .contains("installed packages", "Git ignores", "running servers")
        .endsWith("\n\nLook at this.");
  }

  private String text(TurnInput turn, Session session, boolean moved) {
    return TurnPrompt.text(turn, AgentCommand.of(turn, PLAN, session), session, moved, store);
  }

  private static TurnInput turn(PromptKind kind, boolean goOn, @Nullable String promptUri) {
    return new TurnInput(
        "b",
        "k",
        "sandbox",
        "fence",
        0,
        1,
        "session",
        kind,
        -1,
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
        goOn,
        promptUri,
        null,
        null);
  }
}
