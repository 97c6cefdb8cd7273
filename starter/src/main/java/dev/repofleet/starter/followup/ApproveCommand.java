package dev.repofleet.starter.followup;

import dev.repofleet.starter.command.CommandContext;
import picocli.CommandLine.Command;

/** {@code approve}: lets follow-ups that wait for a person take place. */
@Command(
    name = "approve",
    mixinStandardHelpOptions = true,
    description = {
      "Approves the follow-up that waits in each of these repositories; it runs next.",
      "`repofleet status BATCH` shows which ones wait."
    },
    footer = {
      "",
      "Example:",
      "  repofleet approve 20260102-030405-abcd owner/name",
      "",
      "Exit code: 0 at least one was approved, 2 none waits."
    })
public final class ApproveCommand extends AnswerCommand {
  /** A command in this world. */
  public ApproveCommand(CommandContext context) {
    super(context, "approve", "is approved: it runs next");
  }
}
