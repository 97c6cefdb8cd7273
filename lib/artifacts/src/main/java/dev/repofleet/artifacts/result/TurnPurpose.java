package dev.repofleet.artifacts.result;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/** Why a turn was run. */
public enum TurnPurpose {
  /** The review itself. */
  @JsonProperty("review")
  REVIEW,

  /** To get a valid structured answer. */
  @JsonProperty("repair")
  REPAIR,

  /** To try findings, in a session of its own. */
  @JsonProperty("verify")
  VERIFY,

  /** A follow-up prompt of the plan. */
  @JsonProperty("follow_up")
  FOLLOW_UP;

  /** The word for this value in JSON, on the command line and in search attributes. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
