package dev.repofleet.worker.agent;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What tokens cost, for processes that ended without saying it. An estimate: {@code costSource} of
 * a sum that uses it is never {@code reported}. Stateless.
 *
 * <p>USD per million tokens as listed at platform.claude.com/docs/en/about-claude/pricing in
 * November 2026. The CLI's own {@code total_cost_usd} follows the same list (observed with {@code
 * claude-opus-4-8}, version 2.1.197). A cache entry of an hour costs twice the input to write.
 */
final class ModelPrices {
  private static final double MILLION = 1e6;

  /** The first whose name is in the model's wins: the longer names stand first. */
  private static final List<Price> PRICES =
      List.of(
          new Price("claude-opus-5-5", 4, 20, 5, 0.20),
          new Price("claude-opus-5", 5, 25, 6.25, 0.50),
          new Price("claude-opus-4-5", 5, 25, 6.25, 0.50),
          new Price("claude-opus-4-6", 5, 25, 6.25, 0.50),
          new Price("claude-opus-4-7", 5, 25, 6.25, 0.50),
          new Price("claude-opus-4-8", 5, 25, 6.25, 0.50),
          new Price("claude-opus-4", 15, 75, 18.75, 1.50),
          new Price("claude-fable-5", 10, 50, 12.50, 1),
          new Price("claude-sonnet-5", 2, 10, 2.50, 0.20),
          new Price("claude-sonnet-4", 3, 15, 3.75, 0.30),
          new Price("claude-haiku-5-5", 0.50, 2.50, 0.625, 0.05),
          new Price("claude-haiku-4-5", 1, 5, 1.25, 0.10));

  /** For a model that is not listed, so that a budget is never passed for want of a price. */
  private static final Price DEAREST = new Price("", 15, 75, 18.75, 1.50);

  private ModelPrices() {}

  /**
   * The price of a model such as {@code claude-sonnet-4-5-20250929}, also under the longer names
   * that other providers give it; the dearest one for an unknown model.
   */
  static Price of(@Nullable String model) {
    if (model == null) {
      return DEAREST;
    }
    return PRICES.stream()
        .filter(price -> model.contains(price.model()))
        .findFirst()
        .orElse(DEAREST);
  }

  /**
   * USD per million tokens.
   *
   * @param model what its name has in it
   * @param cacheWrite of an entry that lives five minutes
   */
  record Price(String model, double input, double output, double cacheWrite, double cacheRead) {

    /**
     * Dollars for so many tokens.
     *
     * @param cacheWriteTokens all that were written
     * @param hourCacheTokens how many of them for an hour
     */
    double cost(
        long inputTokens,
        long cacheReadTokens,
        long cacheWriteTokens,
        long hourCacheTokens,
        long outputTokens) {
      return (inputTokens * input
              + cacheReadTokens * cacheRead
              + (cacheWriteTokens - hourCacheTokens) * cacheWrite
              + hourCacheTokens * 2 * input
              + outputTokens * output)
          / MILLION;
    }
  }
}
