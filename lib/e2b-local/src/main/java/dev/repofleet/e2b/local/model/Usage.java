package dev.repofleet.e2b.local.model;

/**
 * Tokens of one call, or a sum of several.
 *
 * @param inputTokens neither read from nor written to the cache
 * @param cacheWriteTokens {@code cache_creation_input_tokens} on the wire
 * @param cacheReadTokens {@code cache_read_input_tokens} on the wire
 * @param outputTokens of the reply
 */
public record Usage(
    long inputTokens, long cacheWriteTokens, long cacheReadTokens, long outputTokens) {
  /** No tokens. */
  public static final Usage NONE = new Usage(0, 0, 0, 0);

  /** A token for so many bytes of JSON: near enough to the real ratio to make costs plausible. */
  static final int BYTES_PER_TOKEN = 4;

  /** Refuses negative counts. */
  public Usage {
    if (inputTokens < 0 || cacheWriteTokens < 0 || cacheReadTokens < 0 || outputTokens < 0) {
      throw new IllegalArgumentException("tokens can't be negative");
    }
  }

  /**
   * The usage of a call as a function of its bytes alone: what stands before the conversation
   * (system prompt and tools) is written to the cache by the first call and read by the others.
   */
  static Usage of(int prefixBytes, int conversationBytes, int replyBytes, boolean firstCall) {
    long prefix = tokens(prefixBytes);
    return new Usage(
        tokens(conversationBytes),
        firstCall ? prefix : 0,
        firstCall ? 0 : prefix,
        tokens(replyBytes));
  }

  /** The sum. */
  public Usage plus(Usage other) {
    return new Usage(
        inputTokens + other.inputTokens,
        cacheWriteTokens + other.cacheWriteTokens,
        cacheReadTokens + other.cacheReadTokens,
        outputTokens + other.outputTokens);
  }

  private static long tokens(int bytes) {
    return ((long) bytes + BYTES_PER_TOKEN - 1) / BYTES_PER_TOKEN;
  }
}
