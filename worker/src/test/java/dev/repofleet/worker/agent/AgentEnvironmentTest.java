package dev.repofleet.worker.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.artifacts.Plan;
import dev.repofleet.workflows.AgentKind;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AgentEnvironmentTest {
  private static final Plan PLAN =
      Plan.builder("p", "look").environment(Map.of("GREETING", "hi", "RF_RUN", "forged")).build();

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
    assertThat(new AgentEnvironment(Map.of(name, "x")).modelConfigured()).isTrue();
    assertThat(new AgentEnvironment(Map.of(name, " ")).modelConfigured()).isFalse();
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

    Map<String, String> agent = new AgentEnvironment(worker).of(AgentKind.CLAUDE, PLAN);

    assertThat(agent)
        .containsEntry("ANTHROPIC_API_KEY", "k")
        .containsEntry("ANTHROPIC_BASE_URL", "http://127.0.0.1:1")
        .containsEntry("GREETING", "hi")
        .doesNotContainKeys("CLAUDE_CODE_SOMETHING", "GITHUB_TOKEN", "E2B_API_KEY", "RF_RUN");
  }

  @Test
  void theRehearsalGetsNothingOfTheModels() {
    assertThat(new AgentEnvironment(Map.of("ANTHROPIC_API_KEY", "k")).of(AgentKind.REHEARSAL, PLAN))
        .doesNotContainKey("ANTHROPIC_API_KEY");
  }
}
