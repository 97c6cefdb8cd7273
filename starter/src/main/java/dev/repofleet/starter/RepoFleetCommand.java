package dev.repofleet.starter;

import dev.repofleet.starter.batch.ListCommand;
import dev.repofleet.starter.batch.StatusCommand;
import dev.repofleet.starter.command.CommandContext;
import dev.repofleet.starter.command.ExitCode;
import dev.repofleet.starter.compare.CompareCommand;
import dev.repofleet.starter.control.AddCommand;
import dev.repofleet.starter.control.CancelCommand;
import dev.repofleet.starter.control.DeleteCommand;
import dev.repofleet.starter.control.PauseCommand;
import dev.repofleet.starter.control.ResumeCommand;
import dev.repofleet.starter.control.RetryCommand;
import dev.repofleet.starter.control.SetCommand;
import dev.repofleet.starter.followup.ApproveCommand;
import dev.repofleet.starter.followup.FollowUpCommand;
import dev.repofleet.starter.followup.RejectCommand;
import dev.repofleet.starter.logs.LogsCommand;
import dev.repofleet.starter.out.OpenCommand;
import dev.repofleet.starter.out.ReportCommand;
import dev.repofleet.starter.pool.PoolCommand;
import dev.repofleet.starter.publish.PublishCommand;
import dev.repofleet.starter.publish.PublishedLook;
import dev.repofleet.starter.review.ReviewCommand;
import dev.repofleet.starter.review.WatchCommand;
import dev.repofleet.starter.sandboxes.SandboxesCommand;
import dev.repofleet.starter.schedule.ScheduleCommand;
import dev.repofleet.starter.server.WorkersCommand;
import dev.repofleet.starter.template.TemplateCommand;
import dev.repofleet.starter.triage.FindingsCommand;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The command tree. */
@Command(
    name = "repofleet",
    mixinStandardHelpOptions = true,
    versionProvider = VersionLine.class,
    synopsisSubcommandLabel = "COMMAND",
    description = "Reviews many Git repositories with Claude Code, each in a sandbox of its own.",
    footer = {
      "",
      "Example, without any keys:",
      "  repofleet demo",
      "Your own repository, still without a model:",
      "  repofleet review --local --agent rehearsal ./my-project"
    })
public final class RepoFleetCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  private RepoFleetCommand() {}

  /**
   * The whole command line, ready to execute. It never throws: what goes wrong becomes a sentence
   * on standard error and an exit code.
   *
   * @param more adds the verbs that run parts of the fleet in this process
   */
  public static CommandLine line(CommandContext context, Consumer<CommandLine> more) {
    CommandLine line =
        new CommandLine(new RepoFleetCommand())
            .addSubcommand(new ReviewCommand(context))
            .addSubcommand(new StatusCommand(context, new PublishedLook(context)))
            .addSubcommand(new ListCommand(context))
            .addSubcommand(new WatchCommand(context))
            .addSubcommand(new WorkersCommand(context))
            .addSubcommand(new LogsCommand(context))
            .addSubcommand(new ReportCommand(context))
            .addSubcommand(new CompareCommand(context))
            .addSubcommand(FindingsCommand.line(context))
            .addSubcommand(new OpenCommand(context))
            .addSubcommand(new FollowUpCommand(context))
            .addSubcommand(new ApproveCommand(context))
            .addSubcommand(new RejectCommand(context))
            .addSubcommand(new PauseCommand(context))
            .addSubcommand(new ResumeCommand(context))
            .addSubcommand(new CancelCommand(context))
            .addSubcommand(new RetryCommand(context))
            .addSubcommand(new AddCommand(context))
            .addSubcommand(new SetCommand(context))
            .addSubcommand(new PublishCommand(context))
            .addSubcommand(new DeleteCommand(context))
            .addSubcommand(ScheduleCommand.line(context))
            .addSubcommand(PoolCommand.line(context))
            .addSubcommand(SandboxesCommand.line(context))
            .addSubcommand(TemplateCommand.line(context));
    more.accept(line);
    line.addSubcommand(new GenerateCompletionCommand());
    // Only now: picocli hands these on to the subcommands there are.
    line.getSubcommands().values().forEach(RepoFleetCommand::nameVersion);
    return line.setUsageHelpAutoWidth(true)
        .setParameterExceptionHandler(CommandFaults::wrongUse)
        .setExecutionExceptionHandler(new CommandFaults(context));
  }

  /** {@code --version} says the same everywhere. */
  private static void nameVersion(CommandLine command) {
    command.getCommandSpec().versionProvider(new VersionLine());
    command.getSubcommands().values().forEach(RepoFleetCommand::nameVersion);
  }

  @Override
  public Integer call() {
    CommandLine line = spec == null ? new CommandLine(this) : spec.commandLine();
    line.usage(line.getErr());
    return ExitCode.WRONG_USE.number();
  }
}
