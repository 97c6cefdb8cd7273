package dev.repofleet.artifacts.plan;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/** Whether a person must agree before a follow-up runs. */
public enum Approval {
  /** Nobody is asked. */
  @JsonProperty("none")
  NONE,

  /** It waits for a person's answer. */
  @JsonProperty("required")
  REQUIRED;

  /** The word for this value in JSON and in plans. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
