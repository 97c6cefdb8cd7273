package dev.repofleet.starter.embedded;

import dev.repofleet.starter.CommandContext;
import java.util.function.Function;
import picocli.CommandLine;

/** The verbs that run servers, for the program's command tree. */
public final class EmbeddedCommands {
  private EmbeddedCommands() {}

  /**
   * Adds {@code demo}, {@code up}, {@code worker}, {@code sandboxes}, {@code setup} and {@code
   * doctor}.
   *
   * @param program makes the whole program for another world: {@code demo} runs {@code review}
   */
  public static void addTo(
      CommandLine root, CommandContext context, Function<CommandContext, CommandLine> program) {
    root.addSubcommand(new DemoCommand(context, program));
    root.addSubcommand(new UpCommand(context));
    root.addSubcommand(new WorkerCommand(context));
    root.addSubcommand(
        new CommandLine(new SandboxesCommand()).addSubcommand(new SandboxesCommand.Serve(context)));
    root.addSubcommand(new SetupCommand(context));
    root.addSubcommand(new DoctorCommand(context));
  }
}
