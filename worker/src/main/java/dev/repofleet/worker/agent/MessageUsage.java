package dev.repofleet.worker.agent;

import com.fasterxml.jackson.databind.JsonNode;
import dev.repofleet.workflows.UsageTotals;
import dev.repofleet.workflows.UsageTotals.CostSource;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The usage of an agent's messages, each counted once however many lines repeat it. The memory it
 * takes is bounded whatever the agent prints: beyond that, what is forgotten may count twice, which
 * stops an agent too early and never too late. For one thread.
 *
 * <p>A line of the stream carries the figures of the message's start, with hardly any output; the
 * transcript's lines carry the final ones (observed, version 2.1.197). Output is guessed from the
 * content until the final figure is known.
 */
final class MessageUsage {
  private static final int KEPT = 20_000;

  /** A token of code or JSON is three to four bytes; the lower end guesses more tokens. */
  private static final int BYTES_PER_TOKEN = 3;

  /** No message comes near: a figure above it is a forgery, and sums must not overflow. */
  private static final long MOST_TOKENS = 1_000_000_000;

  /** The CLI's own words in a message's form, such as an API error: no model wrote them. */
  private static final String SYNTHETIC = "<synthetic>";

  private final Map<Long, Message> recent = new LinkedHashMap<>();
  private final long counted;
  private final long countedOutput;
  private UsageTotals forgotten = UsageTotals.NONE;
  private int forgottenTurns;
  private long last;

  /**
   * Goes on counting.
   *
   * @param counted {@link #last()} of an earlier count, which has that message up to here; 0 when
   *     there is none
   * @param countedOutput {@link #lastOutput()} of it
   */
  MessageUsage(long counted, long countedOutput) {
    this.counted = counted;
    this.countedOutput = countedOutput;
    this.last = counted;
  }

  /**
   * Adds a line's message; one without an id, or that no model wrote, does not count.
   *
   * @param turn whether it is the agent's own and not of a helper it started
   */
  void add(JsonNode message, boolean turn) {
    String model = message.path("model").asText();
    if (!message.path("id").isTextual() || model.equals(SYNTHETIC)) {
      return;
    }
    last = number(message.path("id").asText());
    Message known = recent.get(last);
    if (known == null) {
      boolean begun = last == counted;
      known = new Message(model, turn && !begun, begun ? countedOutput : -1);
      recent.put(last, known);
      forgetEldest();
    }
    known.add(message);
  }

  private void forgetEldest() {
    if (recent.size() > KEPT) {
      Iterator<Message> eldest = recent.values().iterator();
      Message message = eldest.next();
      eldest.remove();
      forgotten = forgotten.plus(message.usage());
      forgottenTurns += message.turn ? 1 : 0;
    }
  }

  /** The sum, its cost estimated. */
  UsageTotals total() {
    UsageTotals total = forgotten;
    for (Message message : recent.values()) {
      total = total.plus(message.usage());
    }
    return total;
  }

  /** Messages of the agent itself: what {@code --max-turns} counts (observed, version 2.1.197). */
  int turns() {
    return forgottenTurns + (int) recent.values().stream().filter(message -> message.turn).count();
  }

  /** A number that stands for the last message; 0 before the first. */
  long last() {
    return last;
  }

  /** Tokens of output that are counted for {@link #last()}, by this count and those before. */
  long lastOutput() {
    Message message = recent.get(last);
    return message == null ? countedOutput : message.written();
  }

  /** A hash (FNV-1a) of 64 bits: an id may be of any length, and heartbeats carry numbers only. */
  private static long number(String id) {
    long hash = 0xcbf29ce484222325L;
    for (int i = 0; i < id.length(); i++) {
      hash = (hash ^ id.charAt(i)) * 0x100000001b3L;
    }
    return hash == 0 ? 1 : hash;
  }

  private static final class Message {
    private final String model;
    private final boolean turn;
    private final boolean begun;
    private final long countedOutput;
    private long input;
    private long cacheRead;
    private long cacheWrite;
    private long hourCache;
    private long output;
    private long contentBytes;
    private boolean complete;

    private Message(String model, boolean turn, long countedOutput) {
      this.model = model.length() > 100 ? model.substring(0, 100) : model;
      this.turn = turn;
      this.begun = countedOutput >= 0;
      this.countedOutput = Math.max(0, countedOutput);
    }

    private void add(JsonNode message) {
      JsonNode usage = message.path("usage");
      if (message.hasNonNull("stop_reason")) {
        complete = true;
      } else {
        contentBytes += message.path("content").toString().length();
      }
      output = Math.max(output, tokens(usage.path("output_tokens")));
      if (begun) {
        return;
      }
      input = Math.max(input, tokens(usage.path("input_tokens")));
      cacheRead = Math.max(cacheRead, tokens(usage.path("cache_read_input_tokens")));
      cacheWrite = Math.max(cacheWrite, tokens(usage.path("cache_creation_input_tokens")));
      hourCache =
          Math.min(
              cacheWrite, tokens(usage.path("cache_creation").path("ephemeral_1h_input_tokens")));
    }

    private long written() {
      return complete ? output : Math.max(output, countedOutput + contentBytes / BYTES_PER_TOKEN);
    }

    private UsageTotals usage() {
      long more = Math.max(0, written() - countedOutput);
      double cost = ModelPrices.of(model).cost(input, cacheRead, cacheWrite, hourCache, more);
      return new UsageTotals(input, cacheRead, cacheWrite, more, cost, CostSource.ESTIMATED);
    }
  }

  /** As many as a message may have. */
  static long tokens(JsonNode count) {
    return Math.max(0, Math.min(MOST_TOKENS, count.asLong()));
  }
}
