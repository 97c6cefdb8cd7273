package dev.repofleet.worker.agent;

import com.fasterxml.jackson.databind.JsonNode;
import dev.repofleet.workflows.Cause;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What an agent process's end means. Claude Code's exit code and {@code subtype} mislead in places:
 * an API error ends with {@code subtype: success} and {@code is_error: true}, an interrupt with
 * exit code 0 (observed, version 2.1.197).
 *
 * @param cause why it is no full result; absent when it is
 * @param message for people; absent when it is a full result
 */
record TurnEnding(@Nullable Cause cause, @Nullable String message) {
  private static final TurnEnding DONE = new TurnEnding(null, null);

  /**
   * Judges an end.
   *
   * @param result the last result line, if there was one
   * @param exitCode of the process
   * @param errorOutput the end of its standard error
   */
  static TurnEnding of(Optional<JsonNode> result, int exitCode, String errorOutput) {
    if (result.isEmpty()) {
      String said = errorOutput.strip();
      return new TurnEnding(
          Cause.AGENT_CRASHED,
          "the agent ended with exit code "
              + exitCode
              + " and no result"
              + (said.isEmpty() ? "" : ": " + said));
    }
    JsonNode end = result.get();
    String subtype = end.path("subtype").asText();
    if (subtype.equals("error_max_turns")) {
      return bad(Cause.TURNS_EXHAUSTED, end);
    }
    if (subtype.equals("error_max_budget_usd")) {
      return bad(Cause.BUDGET_EXHAUSTED, end);
    }
    if (end.path("stop_reason").asText().equals("refusal")) {
      return bad(Cause.AGENT_REFUSED, end); // with is_error, as an API error has it
    }
    if (end.path("is_error").asBoolean()) {
      return bad(subtype.equals("success") ? apiError(end) : Cause.AGENT_CRASHED, end);
    }
    return DONE;
  }

  /** Whether the model's provider wants to be asked later. */
  boolean limited() {
    return cause == Cause.MODEL_RATE_LIMITED || cause == Cause.MODEL_OVERLOADED;
  }

  private static Cause apiError(JsonNode end) {
    String text = end.path("result").asText().toLowerCase(Locale.ROOT);
    int status = end.path("api_error_status").asInt();
    if (status == 401 || status == 403 || text.contains("not logged in")) {
      return Cause.MODEL_AUTH;
    }
    if (status == 429) {
      return Cause.MODEL_RATE_LIMITED;
    }
    if (status == 402 || text.contains("credit balance")) {
      return Cause.MODEL_CREDIT;
    }
    return status >= 500 ? Cause.MODEL_OVERLOADED : Cause.AGENT_CRASHED;
  }

  private static TurnEnding bad(Cause cause, JsonNode end) {
    String said = end.path("result").asText();
    if (said.isBlank() && end.path("errors").size() > 0) {
      said = end.path("errors").get(0).asText();
    }
    return new TurnEnding(
        cause, said.isBlank() ? cause.sentence() : cause.sentence() + ": " + said);
  }
}
