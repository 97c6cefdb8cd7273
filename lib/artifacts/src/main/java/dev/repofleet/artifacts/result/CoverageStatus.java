package dev.repofleet.artifacts.result;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/** How much of a repository was looked at. */
public enum CoverageStatus {
  /** All that the plan asked for. */
  @JsonProperty("complete")
  COMPLETE,

  /** Only a part: what was not found may still be there. */
  @JsonProperty("partial")
  PARTIAL,

  /** The agent did not say. */
  @JsonProperty("unknown")
  UNKNOWN;

  /** The word for this value in JSON, on the command line and in search attributes. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
