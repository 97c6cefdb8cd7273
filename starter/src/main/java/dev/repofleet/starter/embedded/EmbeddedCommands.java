package dev.repofleet.starter.embedded;

import dev.repofleet.starter.CommandContext;
import dev.repofleet.starter.sandboxes.SandboxesCommand;
import java.util.Objects;
import java.util.function.Function;
import picocli.CommandLine;

/** The verbs that run servers, for the program's command tree. */
public final class EmbeddedCommands {
  private EmbeddedCommands() {}

  /**
   * Adds {@code demo}, {@code up}, {@code worker}, {@code codec}, {@code setup} and {@code doctor},
   * and {@code serve} to {@code sandboxes}.
   *
   * @param program makes the whole program for another world: {@code demo} runs {@code review}
   */
  public static void addTo(
      CommandLine root, CommandContext context, Function<CommandContext, CommandLine> program) {
    root.addSubcommand(new DemoCommand(context, program));
    root.addSubcommand(new UpCommand(context));
    root.addSubcommand(new WorkerCommand(context));
    CommandLine sandboxes =
        Objects.requireNonNull(root.getSubcommands().get(SandboxesCommand.NAME), "in the tree");
    sandboxes.addSubcommand(new ServeCommand(context));
    root.addSubcommand(new CodecCommand(context));
    root.addSubcommand(new SetupCommand(context));
    root.addSubcommand(new DoctorCommand(context));
  }
}
