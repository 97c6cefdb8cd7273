package dev.repofleet.artifacts.finding;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/** What became of a finding that a session of its own tried to refute. */
public enum Verification {
  /** Nobody tried, or it was left undecided. */
  @JsonProperty("unverified")
  UNVERIFIED,

  /** It was seen to be true. */
  @JsonProperty("confirmed")
  CONFIRMED,

  /** It was seen to be false. */
  @JsonProperty("rejected")
  REJECTED;

  /** The word for this value in JSON, on the command line and in search attributes. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
