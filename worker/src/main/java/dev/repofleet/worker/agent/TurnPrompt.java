package dev.repofleet.worker.agent;

import dev.repofleet.artifacts.ArtifactStore;
import dev.repofleet.artifacts.plan.Plan;
import dev.repofleet.worker.agent.AgentCommand.Session;
import dev.repofleet.workflows.activities.agent.PromptKind;
import dev.repofleet.workflows.activities.agent.TurnInput;
import java.nio.charset.StandardCharsets;

/** What a process is told on its standard input. */
final class TurnPrompt {
  /** A person's own follow-up: more than a long page, less than a payload that hurts. */
  static final long MAX_BYTES = 1 << 20;

  private static final String MOVED =
      "Note: the work was moved to a fresh machine. The repository's files are as you left them, but"
          + " installed packages, files that Git ignores, and running servers did not come back; set"
          + " up again what you need.\n\n";

  private TurnPrompt() {}

  /**
   * The text for one process.
   *
   * @param plan of the turn
   * @param command made for it, with the plan's prompt for the turn
   * @param session as the process finds it
   * @param moved whether the session does not know yet that its machine is another one
   */
  static String text(
      TurnInput turn,
      Plan plan,
      AgentCommand command,
      Session session,
      boolean moved,
      ArtifactStore store) {
    return (moved ? MOVED : "") + prompt(turn, plan, command, session, store);
  }

  private static String prompt(
      TurnInput turn, Plan plan, AgentCommand command, Session session, ArtifactStore store) {
    if (session == Session.INTERRUPTED || (turn.goOn() && session == Session.RESUMED)) {
      return AgentCommand.GO_ON;
    }
    if (turn.prompt() == PromptKind.VERIFY) {
      return VerificationPrompt.text(turn, plan, store);
    }
    if (turn.promptUri() == null) {
      return command.prompt()
          + switch (turn.prompt()) {
            case REVIEW -> ReviewScope.text(turn.facts(), turn.commit(), store);
            case FOLLOW_UP -> RejectedFindings.text(turn.facts(), store);
            case REPAIR, VERIFY -> "";
          };
    }
    return new String(store.read(turn.promptUri(), MAX_BYTES), StandardCharsets.UTF_8);
  }
}
