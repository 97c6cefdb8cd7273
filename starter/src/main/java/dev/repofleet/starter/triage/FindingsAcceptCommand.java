package dev.repofleet.starter.triage;

import dev.repofleet.artifacts.finding.Suppression;
import dev.repofleet.starter.command.CommandContext;
import picocli.CommandLine.Command;

/** {@code findings accept}. */
@Command(
    name = "accept",
    mixinStandardHelpOptions = true,
    description =
        "Says that a finding is true and lived with. It holds while its lines stay as they are and it does not get worse.",
    footer = {
      "",
      "Example:",
      "  repofleet findings accept 20260102-030405-abcd 3fa9c1 --reason 'Behind the proxy.'"
    })
final class FindingsAcceptCommand extends DecideCommand {
  FindingsAcceptCommand(CommandContext context) {
    super(context, Suppression.Kind.ACCEPTED, "accepted");
  }
}
