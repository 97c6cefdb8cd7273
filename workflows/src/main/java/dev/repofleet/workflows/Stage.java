package dev.repofleet.workflows;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** Where a repository is in its life, in the order of that life. */
public enum Stage {
  QUEUED,
  RESOLVE,
  LEASE,
  CLONE,
  PREPARE,
  RUN,
  REVIEW,
  APPROVAL,
  FOLLOW_UP,
  DIFF,
  RELEASE,
  DONE;

  /** Lower-case name, as shown and as in the search attribute {@code RepoFleetStage}. */
  @JsonValue
  public String code() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The stage of a code.
   *
   * @throws IllegalArgumentException when there is none
   */
  @JsonCreator
  public static Stage of(String code) {
    return valueOf(code.toUpperCase(Locale.ROOT));
  }
}
