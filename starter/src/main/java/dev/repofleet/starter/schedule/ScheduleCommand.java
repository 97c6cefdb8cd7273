package dev.repofleet.starter.schedule;

import dev.repofleet.starter.command.CommandContext;
import dev.repofleet.starter.command.ExitCode;
import dev.repofleet.starter.command.Terminal;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code schedule}: batches that come again. */
@Command(
    name = "schedule",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = "Batches that come again: by a cron expression, or every so often.")
public final class ScheduleCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  private ScheduleCommand() {}

  /** The group with its verbs; alone it prints its help. */
  public static CommandLine line(CommandContext context) {
    return new CommandLine(new ScheduleCommand())
        .addSubcommand(new ScheduleCreateCommand(context))
        .addSubcommand(new ScheduleListCommand(context))
        .addSubcommand(new SchedulePauseCommand(context))
        .addSubcommand(new ScheduleResumeCommand(context))
        .addSubcommand(new ScheduleDeleteCommand(context));
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
