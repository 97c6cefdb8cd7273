package dev.repofleet.workflows.activities;

/** Which prompt a turn gets. */
public enum PromptKind {
  /** The plan's own. */
  REVIEW,
  /** Asks for the structured answer again, and for nothing else. */
  REPAIR,
  /** The findings, to be tried in a session of their own. */
  VERIFY,
  /** One of the plan's follow-ups. */
  FOLLOW_UP
}
