package dev.repofleet.artifacts.finding;

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

  /**
   * A number for it on the scale of CVSS, 0 to 10, that GitHub code scanning reads as the same
   * word: critical from 9.0, high from 7.0, medium from 4.0.
   */
  public double score() {
    return switch (this) {
      case CRITICAL -> 9.5;
      case HIGH -> 8.0;
      case MEDIUM -> 5.0;
      case LOW -> 2.0;
      case INFO -> 0.0;
    };
  }

  /** The word for this value in JSON, on the command line and in search attributes. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
