package dev.repofleet.artifacts.result;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.repofleet.artifacts.Parts;
import org.jspecify.annotations.Nullable;

/**
 * Which agent did the work.
 *
 * @param kind such as {@code claude} or {@code rehearsal}
 * @param version as the agent says
 * @param model as the agent says; absent for the rehearsal agent
 */
public record AgentInfo(String kind, @Nullable String version, @Nullable String model) {
  /** The kind of the agent that uses no model. */
  public static final String REHEARSAL = "rehearsal";

  /** Refuses an empty kind. */
  public AgentInfo {
    Parts.text(kind, "kind of the agent");
  }

  /** Whether no model was used. */
  @JsonIgnore
  public boolean isRehearsal() {
    return REHEARSAL.equals(kind);
  }
}
