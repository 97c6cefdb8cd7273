package dev.repofleet.workflows.activities.agent;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Which prompt a turn gets. */
public enum PromptKind {
  /** The plan's own. */
  REVIEW,
  /** Asks for the structured answer again, and for nothing else. */
  REPAIR,
  /** The findings, to be tried in a session of their own. */
  VERIFY,
  /** One of the plan's follow-ups. */
  FOLLOW_UP;

  /**
   * What tells a turn's prompt from others that the turn of its number may have got: one that was
   * cancelled or never told of leaves its work in the store, and the next one has its number.
   *
   * @param followUp which of the plan's
   * @param uri of a prompt that is not of the plan, or of what it is about
   */
  public String id(int followUp, @Nullable String uri) {
    String name = name().toLowerCase(Locale.ROOT);
    if (uri != null) {
      return name + "@" + uri;
    }
    return this == FOLLOW_UP ? name + "." + followUp : name;
  }
}
