package dev.repofleet.artifacts.finding;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/** How a finding stands to the result before. */
public enum LifecycleState {
  /** Nobody has seen it before. */
  @JsonProperty("new")
  NEW,

  /** It was there before, too. */
  @JsonProperty("persisting")
  PERSISTING,

  /** It had been resolved, and is back. */
  @JsonProperty("reopened")
  REOPENED,

  /** It was there before, and a review of everything did not find it any more. */
  @JsonProperty("resolved")
  RESOLVED,

  /** It was there before; whether it still is was not looked at in full. */
  @JsonProperty("unknown")
  UNKNOWN;

  /** The word for this value in JSON and on the command line. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
