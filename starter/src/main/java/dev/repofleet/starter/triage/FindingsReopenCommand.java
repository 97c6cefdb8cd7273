package dev.repofleet.starter.triage;

import dev.repofleet.starter.command.CommandContext;
import picocli.CommandLine.Command;

/** {@code findings reopen}. */
@Command(
    name = "reopen",
    mixinStandardHelpOptions = true,
    description = "Takes a decision back.",
    footer = {
      "",
      "Example:",
      "  repofleet findings reopen 20260102-030405-abcd 3fa9c1 --reason 'It is used now.'"
    })
final class FindingsReopenCommand extends DecideCommand {
  FindingsReopenCommand(CommandContext context) {
    super(context, null, "open again");
  }
}
