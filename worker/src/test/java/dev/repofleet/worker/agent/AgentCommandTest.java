package dev.repofleet.worker.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.artifacts.FollowUp;
import dev.repofleet.artifacts.Plan;
import dev.repofleet.worker.agent.AgentCommand.Session;
import dev.repofleet.workflows.AgentKind;
import dev.repofleet.workflows.PlanRef;
import dev.repofleet.workflows.activities.PromptKind;
import dev.repofleet.workflows.activities.TurnInput;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class AgentCommandTest {
  private static final Plan PLAN =
      Plan.builder("p", "review it")
          .instructions("be brief")
          .rules(List.of("sql-injection"))
          .followUps(List.of(new FollowUp("fix it", "always")))
          .model("m")
          .fallbackModels(List.of("a", "b"))
          .build();

  @Test
  void theReviewOpensTheSessionWithTheSchemaAndKeepsTheRepositorysSettingsOut() {
    AgentCommand command = command(PromptKind.REVIEW, Session.NEW);

    assertThat(command.argv())
        .startsWith("claude", "-p")
        .containsSequence("--setting-sources", "user", "--strict-mcp-config")
        .containsSequence("--session-id", "00000000-0000-5000-8000-000000000000")
        .containsSequence("--max-turns", "7")
        .containsSequence("--max-budget-usd", "1.2500")
        .containsSequence("--append-system-prompt", "be brief")
        .containsSequence("--fallback-model", "a,b")
        .doesNotContain("--resume");
    assertThat(command.argv().get(command.argv().indexOf("--json-schema") + 1))
        .contains("sql-injection");
    assertThat(command.prompt()).isEqualTo("review it");
  }

  @Test
  void aFollowUpResumesWithItsOwnPromptAndNoSchema() {
    AgentCommand command = command(PromptKind.FOLLOW_UP, Session.RESUMED);

    assertThat(command.argv()).contains("--resume").doesNotContain("--json-schema", "--session-id");
    assertThat(command.prompt()).isEqualTo("fix it");
  }

  @Test
  void anInterruptedProcessIsNeverGivenItsPromptAgain() {
    AgentCommand command = command(PromptKind.REVIEW, Session.INTERRUPTED);

    assertThat(command.argv()).contains("--resume", "--json-schema");
    assertThat(command.prompt()).doesNotContain("review it").contains("interrupted");
  }

  @Test
  void argumentsAreEndedByNul() {
    String file =
        new String(command(PromptKind.REVIEW, Session.NEW).argvFile(), StandardCharsets.UTF_8);

    assertThat(file).startsWith("claude\0-p\0").endsWith("\0");
  }

  private static AgentCommand command(PromptKind prompt, Session session) {
    return AgentCommand.of(
        new TurnInput(
            "b",
            "k",
            "i1",
            "f",
            0,
            0,
            "00000000-0000-5000-8000-000000000000",
            prompt,
            0,
            "c",
            null,
            AgentKind.CLAUDE,
            new PlanRef("artifact:p", "h", "p"),
            1.25,
            7,
            Duration.ofMinutes(1),
            Duration.ofMinutes(1)),
        PLAN,
        session);
  }
}
