package dev.repofleet.worker.agent;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.repofleet.workflows.UsageTotals;
import dev.repofleet.workflows.UsageTotals.CostSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads the agent's {@code stream-json} as it comes. Unknown lines and fields are passed over: more
 * of them come with every version. Keeps the usage of each message and the last result, nothing
 * else. For one thread.
 */
final class AgentStream {
  /** A result line carries the whole structured answer; this is far above any seen. */
  private static final int MAX_LINE = 16 << 20;

  private static final ObjectMapper JSON = JsonMapper.builder().build();

  private final LineSplitter lines = new LineSplitter(MAX_LINE, this::line);

  /** By message id: several lines share a message and repeat its usage. */
  private final Map<String, UsageTotals> messages = new HashMap<>();

  private @Nullable String model;
  private @Nullable JsonNode result;

  void accept(byte[] bytes, int length) {
    lines.accept(bytes, length);
  }

  void end() {
    lines.end();
  }

  private void line(String text) {
    JsonNode event;
    try {
      event = JSON.readTree(text);
    } catch (JsonProcessingException e) {
      return;
    }
    switch (event.path("type").asText()) {
      case "system" -> {
        if (event.path("subtype").asText().equals("init") && event.hasNonNull("model")) {
          model = event.path("model").asText();
        }
      }
      case "assistant" -> message(event.path("message"));
      case "result" -> result = event;
      default -> {
        // Tool results, hooks, rate limits: kept in the events file, of no use here.
      }
    }
  }

  private void message(JsonNode message) {
    JsonNode id = message.path("id");
    if (id.isTextual()) {
      messages.put(id.asText(), usage(message.path("usage"), 0, CostSource.UNKNOWN));
    }
  }

  static UsageTotals usage(JsonNode usage, double costUsd, CostSource source) {
    return new UsageTotals(
        usage.path("input_tokens").asLong(),
        usage.path("cache_read_input_tokens").asLong(),
        usage.path("cache_creation_input_tokens").asLong(),
        usage.path("output_tokens").asLong(),
        costUsd,
        source);
  }

  /** The model the agent named at its start. */
  @Nullable String model() {
    return model;
  }

  /** The last result line, if one has come. */
  Optional<JsonNode> result() {
    return Optional.ofNullable(result);
  }

  /** Messages of the agent so far. */
  int messages() {
    return messages.size();
  }

  /**
   * What this process used: the result's figures when it came to one, else the sum over its
   * messages, whose cost is not known.
   */
  UsageTotals usage() {
    return result()
        .map(
            end ->
                usage(
                    end.path("usage"), end.path("total_cost_usd").asDouble(), CostSource.REPORTED))
        .orElseGet(this::usageOfMessages);
  }

  UsageTotals usageOfMessages() {
    return messages.values().stream().reduce(UsageTotals.NONE, UsageTotals::plus);
  }
}
