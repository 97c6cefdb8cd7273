package dev.repofleet.artifacts;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/** How bad a finding is, worst first. */
public enum Severity {
  /** To be mended at once. */
  @JsonProperty("critical")
  CRITICAL,

  /** To be mended soon. */
  @JsonProperty("high")
  HIGH,

  /** To be planned. */
  @JsonProperty("medium")
  MEDIUM,

  /** Of little weight. */
  @JsonProperty("low")
  LOW,

  /** Good to know. */
  @JsonProperty("info")
  INFO;

  /** The word for this value in JSON, on the command line and in search attributes. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
