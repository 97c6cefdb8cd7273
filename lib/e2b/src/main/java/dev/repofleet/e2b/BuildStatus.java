package dev.repofleet.e2b;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * How a build stands.
 *
 * @param state where it is
 * @param log the lines behind the offset that was asked for, at most a hundred
 * @param failedStep the step that failed, if one did
 * @param failure why it failed; empty if it did not or E2B does not say
 */
public record BuildStatus(
    State state, List<BuildLog> log, Optional<String> failedStep, String failure) {
  /** Where a build is. */
  public enum State {
    /** Not begun. */
    WAITING,
    /** At its steps. */
    BUILDING,
    /** Done: sandboxes can be created. */
    READY,
    /** Failed. */
    ERROR,
    /** Something this client does not know. */
    OTHER;

    static State of(String name) {
      for (State state : values()) {
        if (state.name().toLowerCase(Locale.ROOT).equals(name)) {
          return state;
        }
      }
      return OTHER;
    }
  }

  /** Copies the log. */
  public BuildStatus {
    log = List.copyOf(log);
  }

  /** Nothing more will happen. */
  public boolean isOver() {
    return state == State.READY || state == State.ERROR;
  }
}
