package dev.repofleet.starter.embedded;

import dev.repofleet.starter.command.CommandContext;
import dev.repofleet.starter.command.LocalStack;
import dev.repofleet.starter.sandboxes.SandboxesCommand;
import java.util.Objects;
import java.util.function.Function;
import picocli.CommandLine;

/** The verbs that run servers, for the program's command tree. */
public final class EmbeddedCommands {
  private EmbeddedCommands() {}

  /**
   * Adds {@code demo}, {@code up}, {@code worker}, {@code codec}, {@code setup} and {@code doctor},
   * and {@code serve} to {@code sandboxes}. What a build without local sandboxes can't do says so.
   *
   * @param program makes the whole program for another world: {@code demo} runs {@code review}
   */
  public static void addTo(
      CommandLine root, CommandContext context, Function<CommandContext, CommandLine> program) {
    CommandLine sandboxes =
        Objects.requireNonNull(root.getSubcommands().get(SandboxesCommand.NAME), "in the tree");
    if (LocalSandboxes.here()) {
      addLocal(root, sandboxes, context, program);
    } else {
      addLeftOut(root, sandboxes);
    }
    root.addSubcommand(new WorkerCommand(context));
    root.addSubcommand(new CodecCommand(context));
    root.addSubcommand(new SetupCommand(context));
    root.addSubcommand(new DoctorCommand(context));
  }

  private static void addLocal(
      CommandLine root,
      CommandLine sandboxes,
      CommandContext context,
      Function<CommandContext, CommandLine> program) {
    root.addSubcommand(new DemoCommand(context, program));
    root.addSubcommand(new UpCommand(context));
    sandboxes.addSubcommand(new ServeCommand(context));
  }

  static void addLeftOut(CommandLine root, CommandLine sandboxes) {
    LeftOutCommand.addTo(root, "demo");
    LeftOutCommand.addTo(root, "up");
    LeftOutCommand.addTo(sandboxes, "serve");
  }

  /** What {@code --local} starts, or who says that this build has no such thing. */
  public static LocalStack.Starter localStacks() {
    if (LocalSandboxes.here()) {
      return EmbeddedStack::open;
    }
    return (options, talk) -> {
      throw LocalSandboxes.leftOut("`--local`");
    };
  }
}
