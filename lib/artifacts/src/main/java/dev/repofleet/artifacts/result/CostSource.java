package dev.repofleet.artifacts.result;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/** Where a cost comes from, most reliable first. */
public enum CostSource {
  /** The agent said so. */
  @JsonProperty("reported")
  REPORTED,

  /** Priced by table from the tokens that were seen. */
  @JsonProperty("estimated")
  ESTIMATED,

  /** Neither; the cost is a lower bound. */
  @JsonProperty("unknown")
  UNKNOWN;

  /** The word for this value in JSON, on the command line and in search attributes. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
