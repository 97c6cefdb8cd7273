package dev.repofleet.workflows.pool.settings;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What becomes of a sandbox whose lease has ended. */
public enum Reuse {
  /** It is killed. The default: nothing of one review is ever seen by another. */
  NONE,
  /**
   * It is cleaned and kept for the next lease of the same repository, for {@link
   * PoolSettings#idleTimeout()}. What the agent left outside the folders that are cleaned is seen
   * by the next review of that repository.
   */
  REPOSITORY;

  /** Lower-case name, as options and payloads have it. */
  @JsonValue
  public String code() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The value of a code.
   *
   * @throws IllegalArgumentException when there is none
   */
  @JsonCreator
  public static Reuse of(String code) {
    return valueOf(code.toUpperCase(Locale.ROOT));
  }
}
