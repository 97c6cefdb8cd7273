package dev.repofleet.workflows;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** Which agent reviews. Both keep the same command-line contract. */
public enum AgentKind {
  /** Claude Code, headless. Needs a model. */
  CLAUDE,
  /**
   * The rule-based rehearsal: no model, no cost; its results say so, are never cached or published.
   */
  REHEARSAL;

  /** Lower-case name, as on the command line. */
  @JsonValue
  public String code() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The agent of a name.
   *
   * @throws IllegalArgumentException naming the agents there are, when it is none of them
   */
  @JsonCreator
  public static AgentKind of(String code) {
    for (AgentKind kind : values()) {
      if (kind.code().equals(code)) {
        return kind;
      }
    }
    throw new IllegalArgumentException(
        "no agent is named \"" + code + "\": take claude or rehearsal");
  }
}
