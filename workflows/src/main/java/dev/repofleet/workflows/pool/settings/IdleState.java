package dev.repofleet.workflows.pool.settings;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** How warm sandboxes wait for their lease. */
public enum IdleState {
  /** Running: there at once, and each takes a place of the pool and costs its time. */
  RUNNING,
  /** Paused: woken in about a second; takes no place while it waits, and costs storage alone. */
  PAUSED;

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
  public static IdleState of(String code) {
    return valueOf(code.toUpperCase(Locale.ROOT));
  }
}
