package dev.repofleet.worker.agent;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.repofleet.workflows.Cause;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TurnEndingTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @ParameterizedTest
  @CsvSource(
      nullValues = "none",
      quoteCharacter = '`',
      value = {
        "`{\"subtype\":\"success\",\"is_error\":false}`, 0, none",
        "`{\"subtype\":\"error_max_turns\",\"is_error\":true}`, 1, TURNS_EXHAUSTED",
        "`{\"subtype\":\"error_max_budget_usd\",\"is_error\":true}`, 1, BUDGET_EXHAUSTED",
        "`{\"subtype\":\"success\",\"is_error\":true,\"api_error_status\":401}`, 1, MODEL_AUTH",
        "`{\"subtype\":\"success\",\"is_error\":true,\"api_error_status\":429}`, 1,"
            + " MODEL_RATE_LIMITED",
        "`{\"subtype\":\"success\",\"is_error\":true,\"api_error_status\":529}`, 1,"
            + " MODEL_OVERLOADED",
        "`{\"subtype\":\"success\",\"is_error\":true,\"api_error_status\":400,\"result\":\"Your"
            + " credit balance is too low\"}`, 1, MODEL_CREDIT",
        "`{\"subtype\":\"success\",\"is_error\":true,\"result\":\"Not logged in\"}`, 1, MODEL_AUTH",
        "`{\"subtype\":\"error_during_execution\",\"is_error\":true}`, 0, AGENT_CRASHED",
        "`{\"subtype\":\"success\",\"is_error\":false,\"stop_reason\":\"refusal\"}`, 0,"
            + " AGENT_REFUSED",
        "`{\"subtype\":\"success\",\"is_error\":true,\"stop_reason\":\"refusal\"}`, 1,"
            + " AGENT_REFUSED",
        "`{\"subtype\":\"success\",\"is_error\":true,\"api_error_status\":403}`, 1, MODEL_AUTH",
        "`{\"subtype\":\"success\",\"is_error\":true,\"api_error_status\":500}`, 1,"
            + " MODEL_OVERLOADED",
        "`{\"subtype\":\"success\",\"is_error\":true,\"api_error_status\":400,\"result\":\"prompt is"
            + " too long\"}`, 1, AGENT_CRASHED",
        "`{\"subtype\":\"error_during_execution\",\"is_error\":true,\"errors\":[\"No conversation"
            + " found with session ID: 1\"]}`, 1, AGENT_CRASHED"
      })
  void judgesByTheResultAndNotByExitCodeOrSubtypeAlone(
      String result, int exitCode, @Nullable Cause cause) throws Exception {
    JsonNode line = JSON.readTree(result);

    assertThat(TurnEnding.of(Optional.of(line), exitCode, "").cause()).isEqualTo(cause);
  }

  @Test
  void namesTheExitCodeAndTheLastWordsWhenThereIsNoResult() {
    TurnEnding ending = TurnEnding.of(Optional.empty(), 137, "out of memory\n");

    assertThat(ending.cause()).isEqualTo(Cause.AGENT_CRASHED);
    assertThat(ending.message()).contains("137").endsWith("out of memory");
  }

  @Test
  void anExitCodeOfZeroWithoutAResultIsNoFullResult() {
    assertThat(TurnEnding.of(Optional.empty(), 0, "").cause()).isEqualTo(Cause.AGENT_CRASHED);
  }

  @Test
  void anUnknownSessionIsNamedInTheMessage() throws Exception {
    JsonNode line =
        JSON.readTree(
            "{\"subtype\":\"error_during_execution\",\"is_error\":true,\"errors\":[\"No conversation"
                + " found with session ID: 1\"]}");

    assertThat(TurnEnding.of(Optional.of(line), 1, "").message()).contains("session ID: 1");
  }
}
