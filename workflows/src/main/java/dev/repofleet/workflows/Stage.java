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
  VERIFY,
  RELEASE,
  DONE;

  /** Lower-case name, as shown and as in the search attribute {@code RepoFleetStage}. */
  @JsonValue
  public String code() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Whether the search attribute tells of it: where a review may stay for long, and its end. The
   * others are over in seconds, and each update costs an event and a write of the server's index.
   */
  public boolean isIndexed() {
    return switch (this) {
      case LEASE, CLONE, RUN, APPROVAL, FOLLOW_UP, VERIFY, DONE -> true;
      case QUEUED, RESOLVE, PREPARE, REVIEW, DIFF, RELEASE -> false;
    };
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
