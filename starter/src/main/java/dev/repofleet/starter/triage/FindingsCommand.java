package dev.repofleet.starter.triage;

import dev.repofleet.starter.command.CommandContext;
import dev.repofleet.starter.command.ExitCode;
import dev.repofleet.starter.command.Terminal;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code findings}: what people decide of findings, for all batches to come. */
@Command(
    name = "findings",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = "The findings of a batch, and what people decide of them.",
    footer = {
      "",
      "Examples:",
      "  repofleet findings list 20260102-030405-abcd",
      "  repofleet findings false-positive 20260102-030405-abcd 3fa9c1 --reason 'A constant.'"
    })
public final class FindingsCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  private FindingsCommand() {}

  /** The group with its verbs; alone it prints its help. */
  public static CommandLine line(CommandContext context) {
    return new CommandLine(new FindingsCommand())
        .addSubcommand(new FindingsListCommand(context))
        .addSubcommand(new FindingsAcceptCommand(context))
        .addSubcommand(new FindingsFalsePositiveCommand(context))
        .addSubcommand(new FindingsReopenCommand(context));
  }

  @Override
  public Integer call() {
    Terminal terminal = Terminal.of(spec);
    if (spec != null) {
      spec.commandLine().usage(terminal.err());
    }
    return ExitCode.WRONG_USE.number();
  }
}
