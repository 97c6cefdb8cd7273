package dev.repofleet.workflows;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** Which agent reviews. Both keep the same command-line contract. */
public enum AgentKind {
  /** Claude Code, headless. */
  CLAUDE(true),
  /** The rule-based rehearsal. */
  REHEARSAL(false);

  private final boolean usesModel;

  AgentKind(boolean usesModel) {
    this.usesModel = usesModel;
  }

  /**
   * Whether a model does the work. Such an agent needs a key, costs money, and runs on a person's
   * own machine in isolation alone. One without costs nothing; its results say so, and are never
   * cached or published.
   */
  public boolean usesModel() {
    return usesModel;
  }

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
        "no agent is named \""
            + code
            + "\": take "
            + Arrays.stream(values()).map(AgentKind::code).collect(Collectors.joining(" or ")));
  }
}
