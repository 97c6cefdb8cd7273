package dev.repofleet.starter.pool;

import dev.repofleet.starter.command.CommandContext;
import dev.repofleet.starter.command.ExitCode;
import dev.repofleet.starter.command.Terminal;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code pool}: the permits for all sandboxes of the fleet. */
@Command(
    name = "pool",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = "The permits for all sandboxes of the fleet: how many, who waits, settings.")
public final class PoolCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  private PoolCommand() {}

  /** The group with its verbs; alone it prints its help. */
  public static CommandLine line(CommandContext context) {
    return new CommandLine(new PoolCommand())
        .addSubcommand(new PoolShowCommand(context))
        .addSubcommand(new PoolSetCommand(context))
        .addSubcommand(new PoolRebuildCommand(context));
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
