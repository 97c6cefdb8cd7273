package dev.repofleet.starter.template;

import dev.repofleet.starter.command.CommandContext;
import dev.repofleet.starter.command.ExitCode;
import dev.repofleet.starter.command.Terminal;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code template}: what sandboxes are made from. */
@Command(
    name = "template",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = "Templates that sandboxes are made from.")
public final class TemplateCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  private TemplateCommand() {}

  /** The group with its verb; alone it prints its help. */
  public static CommandLine line(CommandContext context) {
    return new CommandLine(new TemplateCommand()).addSubcommand(new TemplateBuildCommand(context));
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
