package dev.repofleet.starter.sandboxes;

import dev.repofleet.starter.command.CommandContext;
import dev.repofleet.starter.command.ExitCode;
import dev.repofleet.starter.command.Terminal;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code sandboxes}: the sandboxes of the fleet. */
@Command(
    name = SandboxesCommand.NAME,
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = "Sandboxes of the fleet.")
public final class SandboxesCommand implements Callable<Integer> {
  /** Under which others find it in the tree, to add verbs. */
  public static final String NAME = "sandboxes";

  @Spec private @Nullable CommandSpec spec;

  private SandboxesCommand() {}

  /**
   * The group with its verbs {@code list}, {@code reap} and {@code shell}; alone it prints its
   * help.
   */
  public static CommandLine line(CommandContext context) {
    return new CommandLine(new SandboxesCommand())
        .addSubcommand(new SandboxListCommand(context))
        .addSubcommand(new SandboxReapCommand(context))
        .addSubcommand(new SandboxShellCommand(context));
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
