package dev.repofleet.workflows;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Which agent reviews. Both keep the same command-line contract. */
public enum AgentKind {
  /** Claude Code, headless. */
  CLAUDE,
  /** The rule-based rehearsal. */
  REHEARSAL;

  private static final List<String> CLAUDE_CODE =
      List.of(
          "ANTHROPIC_API_KEY",
          "ANTHROPIC_AUTH_TOKEN",
          "CLAUDE_CODE_OAUTH_TOKEN",
          "CLAUDE_CODE_USE_BEDROCK",
          "CLAUDE_CODE_USE_VERTEX");

  private static final Set<String> SWITCHES =
      Set.of("CLAUDE_CODE_USE_BEDROCK", "CLAUDE_CODE_USE_VERTEX");

  /** What Claude Code takes for a yes, in any case (version 2.1.197); all else is a no. */
  private static final Set<String> YES = Set.of("1", "true", "yes", "on");

  /**
   * Whether a model does the work. Such an agent needs a key, costs money, and runs on a person's
   * own machine in isolation alone. One without costs nothing; its results say so, and are never
   * cached or published.
   */
  public boolean usesModel() {
    return !modelVariables().isEmpty();
  }

  /** Variables of a worker, of which each alone means that the agent has a model there. */
  public List<String> modelVariables() {
    return switch (this) {
      case CLAUDE -> CLAUDE_CODE;
      case REHEARSAL -> List.of();
    };
  }

  /** Whether the agent needs a model and has none where these variables are set. */
  public boolean lacksModel(Map<String, String> environment) {
    return usesModel() && modelVariables().stream().noneMatch(name -> isSet(name, environment));
  }

  /** Whether an agent takes a variable of a worker for set: a switch, only where it says yes. */
  public static boolean isSet(String name, Map<String, String> environment) {
    String value = environment.getOrDefault(name, "").strip();
    return SWITCHES.contains(name)
        ? YES.contains(value.toLowerCase(Locale.ROOT))
        : !value.isEmpty();
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
