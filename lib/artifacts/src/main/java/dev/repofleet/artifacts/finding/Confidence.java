package dev.repofleet.artifacts.finding;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/** How sure the agent is of a finding. */
public enum Confidence {
  /** Seen in the code, with evidence. */
  @JsonProperty("high")
  HIGH,

  /** Likely. */
  @JsonProperty("medium")
  MEDIUM,

  /** A suspicion. */
  @JsonProperty("low")
  LOW;

  /** The word for this value in JSON, on the command line and in search attributes. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
