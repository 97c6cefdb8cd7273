package dev.repofleet.starter.followup;

import dev.repofleet.starter.command.CommandContext;
import picocli.CommandLine.Command;

/** {@code reject}: declines follow-ups that wait for a person. */
@Command(
    name = "reject",
    mixinStandardHelpOptions = true,
    description = {
      "Rejects the follow-up that waits in each of these repositories; it is left out.",
      "`repofleet status BATCH` shows which ones wait."
    },
    footer = {
      "",
      "Example:",
      "  repofleet reject 20260102-030405-abcd owner/name",
      "",
      "Exit code: 0 at least one was rejected, 2 none waits."
    })
public final class RejectCommand extends AnswerCommand {
  /** A command in this world. */
  public RejectCommand(CommandContext context) {
    super(context, "reject", "is rejected: it is left out");
  }
}
