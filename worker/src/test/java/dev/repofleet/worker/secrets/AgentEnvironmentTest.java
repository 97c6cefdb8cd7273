package dev.repofleet.worker.secrets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.repofleet.artifacts.plan.Plan;
import dev.repofleet.artifacts.plan.ReservedVariables;
import dev.repofleet.artifacts.plan.SecretVariables;
import dev.repofleet.workflows.AgentKind;
import dev.repofleet.workflows.activities.agent.PromptKind;
import io.temporal.failure.ApplicationFailure;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class AgentEnvironmentTest {
  private static final Plan PLAN =
      Plan.builder("p", "look").environment(Map.of("GREETING", "hi")).build();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ANTHROPIC_API_KEY",
        "ANTHROPIC_AUTH_TOKEN",
        "CLAUDE_CODE_OAUTH_TOKEN",
        "CLAUDE_CODE_USE_BEDROCK",
        "CLAUDE_CODE_USE_VERTEX"
      })
  void eachCredentialAloneIsAModel(String name) {
    assertThat(new AgentEnvironment(Map.of(name, "1")).lacksModel(AgentKind.CLAUDE)).isFalse();
    assertThat(new AgentEnvironment(Map.of(name, " ")).lacksModel(AgentKind.CLAUDE)).isTrue();
    assertThat(new AgentEnvironment(Map.of()).lacksModel(AgentKind.REHEARSAL)).isFalse();
  }

  /** As Claude Code reads them, which would ask Anthropic, and not Amazon, with "0". */
  @ParameterizedTest
  @ValueSource(strings = {"0", "false", "No", "off", "2"})
  void aSwitchThatSaysNoIsNoModelAndGivesNoKeysOfAws(String no) {
    Map<String, String> worker =
        Map.of("CLAUDE_CODE_USE_BEDROCK", no, "AWS_ACCESS_KEY_ID", "a", "AWS_REGION", "eu-west-1");
    AgentEnvironment environment = new AgentEnvironment(worker);
    assertThat(environment.lacksModel(AgentKind.CLAUDE)).isTrue();
    assertThat(environment.sharesAwsKey()).isFalse();
    assertThat(environment.of(AgentKind.CLAUDE, PLAN, PromptKind.REVIEW))
        .doesNotContainKeys("CLAUDE_CODE_USE_BEDROCK", "AWS_ACCESS_KEY_ID", "AWS_REGION");
    assertThat(
            new AgentEnvironment(Map.of("CLAUDE_CODE_USE_BEDROCK", " Yes "))
                .lacksModel(AgentKind.CLAUDE))
        .isFalse();
  }

  @Test
  void blanksAroundAValueAreDropped() {
    assertThat(
            new AgentEnvironment(Map.of("ANTHROPIC_API_KEY", "k\n", "ANTHROPIC_MODEL", " m "))
                .of(AgentKind.CLAUDE, PLAN, PromptKind.REVIEW))
        .containsEntry("ANTHROPIC_API_KEY", "k")
        .containsEntry("ANTHROPIC_MODEL", "m");
  }

  @ParameterizedTest
  @EnumSource(AgentKind.class)
  void whatGivesAnAgentItsModelIsNothingThatAPlanSets(AgentKind agent) {
    assertThat(agent.modelVariables())
        .allMatch(
            name -> SecretVariables.all().containsKey(name) || ReservedVariables.contains(name));
  }

  @Test
  void passesTheFixedListAndNothingElseOfTheWorkers() {
    Map<String, String> worker =
        Map.of(
            "ANTHROPIC_API_KEY", "k",
            "ANTHROPIC_BASE_URL", "http://127.0.0.1:1",
            "CLAUDE_CODE_SOMETHING", "secret",
            "GITHUB_TOKEN", "secret",
            "E2B_API_KEY", "secret");

    Map<String, String> agent =
        new AgentEnvironment(worker).of(AgentKind.CLAUDE, PLAN, PromptKind.REVIEW);

    assertThat(agent)
        .containsEntry("ANTHROPIC_API_KEY", "k")
        .containsEntry("ANTHROPIC_BASE_URL", "http://127.0.0.1:1")
        .containsEntry("GREETING", "hi")
        .doesNotContainKeys("CLAUDE_CODE_SOMETHING", "GITHUB_TOKEN", "E2B_API_KEY");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ANTHROPIC_BASE_URL", "https_proxy", "BASH_ENV", "RF_RUN"})
  void aPlanDoesNotSayWhereTheKeyGoes(String name) {
    Plan plan = Plan.builder("p", "x").environment(Map.of(name, "http://example.org")).build();
    AgentEnvironment environment = new AgentEnvironment(Map.of("ANTHROPIC_API_KEY", "k"));

    assertThatThrownBy(() -> environment.of(AgentKind.CLAUDE, plan, PromptKind.REVIEW))
        .isInstanceOf(ApplicationFailure.class)
        .hasMessageContainingAll("plan p", name, "plan_invalid");
  }

  @Test
  void keysOfAwsPassOnlyWhereBedrockIsTheModel() {
    Map<String, String> keys = Map.of("AWS_ACCESS_KEY_ID", "a", "AWS_SECRET_ACCESS_KEY", "s");
    Map<String, String> anthropic = new HashMap<>(keys);
    anthropic.put("ANTHROPIC_API_KEY", "k");
    Map<String, String> bedrock = new HashMap<>(keys);
    bedrock.put("CLAUDE_CODE_USE_BEDROCK", "1");

    assertThat(new AgentEnvironment(anthropic).of(AgentKind.CLAUDE, PLAN, PromptKind.REVIEW))
        .doesNotContainKeys("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY");
    assertThat(new AgentEnvironment(anthropic).sharesAwsKey()).isFalse();
    assertThat(new AgentEnvironment(bedrock).of(AgentKind.CLAUDE, PLAN, PromptKind.REVIEW))
        .containsEntry("AWS_SECRET_ACCESS_KEY", "s");
    assertThat(new AgentEnvironment(bedrock).sharesAwsKey()).isTrue();
  }

  @Test
  void theAgentWaitsForItsServersUnlessThePlanSaysOtherwise() {
    Plan impatient =
        Plan.builder("p", "x").environment(Map.of("MCP_CONNECT_TIMEOUT_MS", "1000")).build();
    AgentEnvironment environment = new AgentEnvironment(Map.of());

    assertThat(environment.of(AgentKind.CLAUDE, PLAN, PromptKind.REVIEW))
        .containsEntry("MCP_CONNECTION_NONBLOCKING", "0")
        .containsEntry("MCP_CONNECT_TIMEOUT_MS", "300000");
    assertThat(environment.of(AgentKind.CLAUDE, impatient, PromptKind.REVIEW))
        .containsEntry("MCP_CONNECTION_NONBLOCKING", "0")
        .containsEntry("MCP_CONNECT_TIMEOUT_MS", "1000");
  }

  @Test
  void aVerificationRemembersNothing() {
    Plan plan =
        Plan.builder("p", "x")
            .environment(Map.of("CLAUDE_CODE_DISABLE_CLAUDE_MDS", "0", "GREETING", "hi"))
            .build();
    AgentEnvironment environment = new AgentEnvironment(Map.of());

    assertThat(environment.of(AgentKind.CLAUDE, plan, PromptKind.VERIFY))
        .containsEntry("CLAUDE_CODE_DISABLE_CLAUDE_MDS", "1")
        .containsEntry("CLAUDE_CODE_DISABLE_AUTO_MEMORY", "1")
        .containsEntry("GREETING", "hi");
    assertThat(environment.of(AgentKind.CLAUDE, PLAN, PromptKind.REVIEW))
        .doesNotContainKeys("CLAUDE_CODE_DISABLE_CLAUDE_MDS", "CLAUDE_CODE_DISABLE_AUTO_MEMORY");
  }

  @Test
  void theRehearsalGetsNothingOfTheModels() {
    assertThat(
            new AgentEnvironment(Map.of("ANTHROPIC_API_KEY", "k"))
                .of(AgentKind.REHEARSAL, PLAN, PromptKind.REVIEW))
        .doesNotContainKey("ANTHROPIC_API_KEY");
  }

  @Test
  void aPlanGetsTheSecretsItNamesWhenTheWorkerAllowsThem() {
    Map<String, String> worker =
        Map.of(
            "REPOFLEET_PLAN_SECRETS", "TICKETS_TOKEN, OTHER_TOKEN",
            "TICKETS_TOKEN", "t-123",
            "OTHER_TOKEN", "o-123",
            "UNLISTED", "u-123");

    assertThat(
            new AgentEnvironment(worker)
                .of(AgentKind.CLAUDE, asking("TICKETS_TOKEN"), PromptKind.REVIEW))
        .containsEntry("TICKETS_TOKEN", "t-123")
        .doesNotContainKeys("OTHER_TOKEN", "UNLISTED", "REPOFLEET_PLAN_SECRETS");
  }

  @ParameterizedTest
  @CsvSource({
    "UNLISTED, add it to REPOFLEET_PLAN_SECRETS where they run",
    "ABSENT_TOKEN, the workers allow but don't have: set it where they run",
    "E2B_API_KEY, the fleet's own and never an agent's",
    "GITHUB_TOKEN, the fleet's own and never an agent's"
  })
  void aSecretThatTheWorkerDoesNotAllowOrHaveIsRefusedWithTheWayOut(String name, String reason) {
    AgentEnvironment environment =
        new AgentEnvironment(
            Map.of(
                "REPOFLEET_PLAN_SECRETS", "ABSENT_TOKEN,E2B_API_KEY,GITHUB_TOKEN",
                "E2B_API_KEY", "e-123",
                "GITHUB_TOKEN", "g-123",
                "UNLISTED", "u-123"));

    assertThatThrownBy(() -> environment.require(asking(name)))
        .isInstanceOfSatisfying(
            ApplicationFailure.class,
            failure -> {
              assertThat(failure.getType()).isEqualTo("plan_invalid");
              assertThat(failure.isNonRetryable()).isTrue();
              assertThat(failure.getOriginalMessage())
                  .contains("plan p can't be used", name, reason)
                  .doesNotContain("-123");
            });
    assertThatThrownBy(() -> environment.of(AgentKind.REHEARSAL, asking(name), PromptKind.REVIEW))
        .isInstanceOf(ApplicationFailure.class);
  }

  private static Plan asking(String name) {
    return Plan.builder("p", "look").secrets(List.of(name)).build();
  }
}
