package dev.repofleet.worker.agent;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.repofleet.workflows.UsageTotals;
import dev.repofleet.workflows.UsageTotals.CostSource;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Reads one agent process's {@code stream-json} as it comes. Unknown lines and fields are passed
 * over: more of them come with every version. Keeps the usage of the messages and the last result,
 * nothing else. For one thread.
 */
final class AgentStream {
  /**
   * A result line carries the whole structured answer, and may repeat it as text: a megabyte or two
   * where a model says as much as it can, and twenty for thirty thousand findings. To read a line
   * takes up to nine times its length of memory.
   */
  static final int MAX_LINE = 32 << 20;

  /** Longer ones are read one at a time in the whole worker: many agents may send one at once. */
  private static final int LARGE = 1 << 20;

  private static final Lock LARGE_ONES = new ReentrantLock();

  /** The longest there is runs for seven days; a day more for clocks that differ. */
  private static final Duration LONGEST_QUOTA = Duration.ofDays(8);

  private static final int MAX_MODEL = 100;

  /** No process comes near: a figure above it is a forgery. */
  private static final double MOST_DOLLARS = 1e6;

  private static final long MILLIS = 1000;

  /** The greatest answer has fewer; more of them, as empty arrays, would take a worker's memory. */
  private static final long MOST_TOKENS = 1_000_000;

  /** For lines that an agent's programs may have written. */
  static final ObjectMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxStringLength(MAX_LINE)
                          .maxTokenCount(MOST_TOKENS)
                          .build())
                  .build())
          .build();

  private final LineSplitter lines = new LineSplitter(MAX_LINE, text -> line(text, true));
  private final LineSplitter transcript = new LineSplitter(MAX_LINE, text -> line(text, false));
  private final MessageUsage messages;

  private @Nullable String model;
  private @Nullable JsonNode result;
  private boolean keyRefused;
  private @Nullable Long retryAfterSeconds;
  private @Nullable Long quotaResetAt;

  AgentStream() {
    messages = new MessageUsage(0, 0);
  }

  /** Goes on where an earlier reader stopped. */
  AgentStream(RunProgress before) {
    messages = new MessageUsage(before.lastMessage(), before.lastOutput());
  }

  void accept(byte[] bytes, int length) {
    lines.accept(bytes, length);
  }

  /**
   * Takes a piece of the session's transcript: its lines have the final figures of messages, those
   * of the stream do not.
   */
  void acceptTranscript(byte[] bytes, int length) {
    transcript.accept(bytes, length);
  }

  void end() {
    lines.end();
    transcript.end();
  }

  private void line(String text, boolean stream) {
    if (text.length() <= LARGE) {
      event(text, stream);
      return;
    }
    LARGE_ONES.lock();
    try {
      event(text, stream);
    } finally {
      LARGE_ONES.unlock();
    }
  }

  private void event(String text, boolean stream) {
    JsonNode event;
    try {
      event = JSON.readTree(text);
    } catch (JsonProcessingException e) {
      return;
    }
    switch (event.path("type").asText()) {
      case "assistant" -> messages.add(event.path("message"), own(event));
      case "system" -> {
        if (stream) {
          system(event);
        }
      }
      case "result" -> {
        if (stream) {
          result = event;
        }
      }
      case "rate_limit_event" -> {
        if (stream) {
          quota(event.path("rate_limit_info"));
        }
      }
      default -> {
        // Tool results, hooks: kept in the events file, of no use here.
      }
    }
  }

  /**
   * Comes whenever what is known of the account's quota changes, so the last one counts. Status
   * {@code allowed}, {@code allowed_warning} or {@code rejected}; {@code resetsAt} is a number of
   * seconds since the epoch and may be missing. A quota that is used up is no wall while usage
   * beyond it is paid for (seen in the program of version 2.1.197).
   */
  private void quota(JsonNode info) {
    boolean usedUp =
        info.path("status").asText().equals("rejected")
            && !info.path("isUsingOverage").asBoolean()
            && info.path("resetsAt").isNumber();
    quotaResetAt = usedUp ? info.path("resetsAt").asLong() * MILLIS : null;
  }

  /** Not of a helper: the stream names the helper's parent, the transcript a side chain. */
  private static boolean own(JsonNode event) {
    return !event.hasNonNull("parent_tool_use_id") && !event.path("isSidechain").asBoolean();
  }

  private void system(JsonNode event) {
    switch (event.path("subtype").asText()) {
      case "init" -> {
        String name = event.path("model").asText();
        model = name.isEmpty() ? null : name.substring(0, Math.min(name.length(), MAX_MODEL));
      }
      case "api_retry" -> {
        keyRefused |= event.path("error").asText().equals("authentication_failed");
        // The server's Retry-After comes as whole seconds; a delay of the CLI's own has a fraction,
        // and takes its place once it is longer (observed, version 2.1.197).
        double delay = event.path("retry_delay_ms").asDouble();
        if (delay >= MILLIS && delay % MILLIS == 0) {
          retryAfterSeconds = (long) delay / MILLIS;
        }
      }
      default -> {
        // Of no use here.
      }
    }
  }

  /** What is no amount of money would make every sum that it goes into none. */
  private static double dollars(double told) {
    return told > 0 ? Math.min(told, MOST_DOLLARS) : 0;
  }

  static UsageTotals usage(JsonNode usage, double costUsd, CostSource source) {
    return new UsageTotals(
        MessageUsage.tokens(usage.path("input_tokens")),
        MessageUsage.tokens(usage.path("cache_read_input_tokens")),
        MessageUsage.tokens(usage.path("cache_creation_input_tokens")),
        MessageUsage.tokens(usage.path("output_tokens")),
        dollars(costUsd),
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

  /** For who follows many processes and needs no answer: one may be of many megabytes. */
  void forgetResult() {
    result = null;
  }

  /** Whether the model's provider has refused the key; the agent goes on asking for minutes. */
  boolean keyRefused() {
    return keyRefused;
  }

  /** What the provider last asked the agent to wait; absent when it did not say. */
  @Nullable Long retryAfterSeconds() {
    return retryAfterSeconds;
  }

  /**
   * When a quota that is used up is filled again, milliseconds since the epoch, as the agent was
   * last told; absent when none is used up. What has been filled by now, or would be only after
   * longer than any quota runs, counts for nothing.
   */
  @Nullable Long quotaResetAt(long now) {
    Long told = quotaResetAt;
    return told == null || told <= now || told > now + LONGEST_QUOTA.toMillis() ? null : told;
  }

  /** Turns of the agent so far, as its limit counts them. */
  int turns() {
    return messages.turns();
  }

  /** Bytes of a line that has begun and not ended. */
  long pending() {
    return lines.pending();
  }

  /** Stands for the last message; for a reader that goes on. */
  long lastMessage() {
    return messages.last();
  }

  /** Tokens of output counted for it. */
  long lastOutput() {
    return messages.lastOutput();
  }

  /**
   * What this process used: the result's figures when it came to one, else the sum over its
   * messages, whose cost is estimated.
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
    return messages.total();
  }
}
