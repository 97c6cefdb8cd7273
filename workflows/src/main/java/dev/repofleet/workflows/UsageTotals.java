package dev.repofleet.workflows;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/**
 * Tokens and dollars of one or more agent processes.
 *
 * @param costSource whether the dollars were reported by the agent, estimated from its transcript,
 *     or are not known at all
 */
@Payload
public record UsageTotals(
    long inputTokens,
    long cacheReadTokens,
    long cacheWriteTokens,
    long outputTokens,
    double costUsd,
    CostSource costSource) {

  /** Nothing used. */
  public static final UsageTotals NONE = new UsageTotals(0, 0, 0, 0, 0, CostSource.REPORTED);

  /** Where a cost comes from, best first. */
  public enum CostSource {
    REPORTED,
    ESTIMATED,
    UNKNOWN;

    /** Lower-case name. */
    @JsonValue
    public String code() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** The source of a code. */
    @JsonCreator
    public static CostSource of(String code) {
      return valueOf(code.toUpperCase(Locale.ROOT));
    }
  }

  /** Both together; the cost's source is the weaker one. */
  public UsageTotals plus(UsageTotals other) {
    return new UsageTotals(
        inputTokens + other.inputTokens,
        cacheReadTokens + other.cacheReadTokens,
        cacheWriteTokens + other.cacheWriteTokens,
        outputTokens + other.outputTokens,
        costUsd + other.costUsd,
        costSource.compareTo(other.costSource) >= 0 ? costSource : other.costSource);
  }
}
