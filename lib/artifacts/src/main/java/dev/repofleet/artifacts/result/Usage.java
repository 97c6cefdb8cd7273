package dev.repofleet.artifacts.result;

import dev.repofleet.artifacts.Parts;

/**
 * What a run, a repository or a batch used.
 *
 * @param inputTokens neither read from nor written to the cache
 * @param cacheReadTokens read from the cache
 * @param cacheWriteTokens written to the cache
 * @param outputTokens written by the model
 * @param costUsd US dollars
 * @param costSource where the cost comes from; of a sum, the least reliable
 * @param sandboxSeconds that sandboxes lived
 */
public record Usage(
    long inputTokens,
    long cacheReadTokens,
    long cacheWriteTokens,
    long outputTokens,
    double costUsd,
    CostSource costSource,
    double sandboxSeconds) {
  /** Nothing was used, and that is known. */
  public static final Usage NONE = new Usage(0, 0, 0, 0, 0, CostSource.REPORTED, 0);

  /** Sums are rounded to this part of a dollar, so that they print without a binary tail. */
  private static final double PARTS_OF_A_DOLLAR = 1e9;

  /** Refuses negative amounts; an absent source is unknown. */
  public Usage {
    Parts.notNegative(inputTokens, "inputTokens");
    Parts.notNegative(cacheReadTokens, "cacheReadTokens");
    Parts.notNegative(cacheWriteTokens, "cacheWriteTokens");
    Parts.notNegative(outputTokens, "outputTokens");
    Parts.notNegative(costUsd, "costUsd");
    Parts.notNegative(sandboxSeconds, "sandboxSeconds");
    costSource = costSource == null ? CostSource.UNKNOWN : costSource;
  }

  /** Both together. */
  public Usage plus(Usage other) {
    return new Usage(
        inputTokens + other.inputTokens,
        cacheReadTokens + other.cacheReadTokens,
        cacheWriteTokens + other.cacheWriteTokens,
        outputTokens + other.outputTokens,
        Math.rint((costUsd + other.costUsd) * PARTS_OF_A_DOLLAR) / PARTS_OF_A_DOLLAR,
        costSource.compareTo(other.costSource) >= 0 ? costSource : other.costSource,
        Math.rint((sandboxSeconds + other.sandboxSeconds) * 1e3) / 1e3);
  }

  /** The same with other sandbox seconds. */
  public Usage withSandboxSeconds(double seconds) {
    return new Usage(
        inputTokens, cacheReadTokens, cacheWriteTokens, outputTokens, costUsd, costSource, seconds);
  }
}
