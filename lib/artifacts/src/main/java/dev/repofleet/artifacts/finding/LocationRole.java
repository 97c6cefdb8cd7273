package dev.repofleet.artifacts.finding;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/** What a place in the code has to do with a finding. */
public enum LocationRole {
  /** Where the finding is. */
  @JsonProperty("primary")
  PRIMARY,

  /** Where bad data comes in. */
  @JsonProperty("source")
  SOURCE,

  /** Where it does harm. */
  @JsonProperty("sink")
  SINK,

  /** Worth a look. */
  @JsonProperty("related")
  RELATED;

  /** The word for this value in JSON, on the command line and in search attributes. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
