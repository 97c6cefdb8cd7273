package dev.repofleet.starter.triage;

import dev.repofleet.artifacts.finding.Suppression;
import dev.repofleet.starter.command.CommandContext;
import picocli.CommandLine.Command;

/** {@code findings false-positive}. */
@Command(
    name = "false-positive",
    mixinStandardHelpOptions = true,
    description =
        "Says that a finding is not true. It holds while its lines stay as they are and it does not get worse.",
    footer = {
      "",
      "Example:",
      "  repofleet findings false-positive 20260102-030405-abcd 3fa9c1 --reason 'A constant.'"
    })
final class FindingsFalsePositiveCommand extends DecideCommand {
  FindingsFalsePositiveCommand(CommandContext context) {
    super(context, Suppression.Kind.FALSE_POSITIVE, "marked as false");
  }
}
