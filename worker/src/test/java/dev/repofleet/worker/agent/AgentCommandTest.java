package dev.repofleet.worker.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.artifacts.finding.Severity;
import dev.repofleet.artifacts.plan.Approval;
import dev.repofleet.artifacts.plan.FollowUp;
import dev.repofleet.artifacts.plan.McpServer;
import dev.repofleet.artifacts.plan.Plan;
import dev.repofleet.worker.agent.AgentCommand.Session;
import dev.repofleet.worker.connection.SandboxLayout;
import dev.repofleet.workflows.AgentKind;
import dev.repofleet.workflows.PlanRef;
import dev.repofleet.workflows.activities.agent.PromptKind;
import dev.repofleet.workflows.activities.agent.TurnInput;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AgentCommandTest {
  private static final Plan PLAN =
      Plan.builder("p", "review it")
          .instructions("be brief")
          .rules(List.of("sql-injection"))
          .followUps(List.of(new FollowUp("fix it", "always", Approval.NONE)))
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
  void aVerificationGetsNoneOfThePlansWordsAndEditsNothing() {
    Plan plan =
        Plan.builder("p", "review it")
            .instructions("be brief")
            .systemPrompt("you are a reviewer")
            .trustRepositorySettings(true)
            .mcp(Map.of("s", McpServer.http("https://h/mcp", Map.of())))
            .model("m")
            .fallbackModels(List.of("a", "b"))
            .effort("high")
            .verifyFindings(Severity.HIGH)
            .build();
    AgentCommand command =
        AgentCommand.of(turn(PromptKind.VERIFY, "artifact:review"), plan, Session.NEW);

    assertThat(command.argv())
        .contains("--session-id")
        .containsSequence("--setting-sources", "user", "--strict-mcp-config", "--mcp-config")
        .containsSequence("--disallowedTools", "Edit,Write,NotebookEdit", "--json-schema")
        .containsSequence("--model", "m", "--fallback-model", "a,b", "--effort", "high")
        .doesNotContain("--append-system-prompt", "--system-prompt");
    assertThat(command.argv().get(command.argv().indexOf("--json-schema") + 1))
        .contains("verdicts", "undecided");
    assertThat(String.join(" ", command.argv()) + command.prompt())
        .doesNotContain("review it", "be brief", "you are a reviewer");
  }

  @Test
  void aTrustedRepositoryBringsItsOwnSettingsAndServers() {
    Plan trusting = Plan.builder("p", "x").trustRepositorySettings(true).build();

    assertThat(command(PromptKind.REVIEW, Session.NEW, trusting).argv())
        .containsSequence("--setting-sources", "user,project,local")
        .doesNotContain("--strict-mcp-config", "--mcp-config");
  }

  @Test
  void serversOfThePlanAreNamedByTheirFileAlone() {
    Plan served =
        Plan.builder("p", "x")
            .mcp(Map.of("s", McpServer.http("https://h/mcp", Map.of("k", "Bearer ${TOKEN}"))))
            .secrets(List.of("TOKEN"))
            .build();

    assertThat(command(PromptKind.REVIEW, Session.NEW, served).argv())
        .containsSequence("--strict-mcp-config", "--mcp-config", SandboxLayout.MCP_CONFIG)
        .noneMatch(argument -> argument.contains("TOKEN") || argument.contains("https://"));
  }

  @Test
  void argumentsAreEndedByNul() {
    String file =
        new String(command(PromptKind.REVIEW, Session.NEW).argvFile(), StandardCharsets.UTF_8);

    assertThat(file).startsWith("claude\0-p\0").endsWith("\0");
  }

  private static AgentCommand command(PromptKind prompt, Session session) {
    return command(prompt, session, PLAN);
  }

  private static AgentCommand command(PromptKind prompt, Session session, Plan plan) {
    return AgentCommand.of(turn(prompt, null), plan, session);
  }

  private static TurnInput turn(PromptKind prompt, @Nullable String promptUri) {
    return new TurnInput(
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
        Duration.ofMinutes(1),
        null,
        null,
        false,
        promptUri,
        null,
        null);
  }
}
